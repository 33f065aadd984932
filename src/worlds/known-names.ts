import { errorCatalogueOf, placedOperations } from '../services/compose.ts'
import { services as emulated } from '../services/index.ts'
import { namesOf, type Service } from '../services/service.ts'
import { type KnownNames, unknownNames } from '../simulation/rules/cloud-names.ts'
import type { CheckNames } from '../simulation/scenario/load.ts'
import { Scenario } from '../simulation/scenario/schema.ts'
import { wrongChanges } from './fixtures/scenario-changes.ts'

/** Every service of both editions of the cloud. */
const everyService = [...new Set([...emulated.huawei, ...emulated.stock])]

/** The names that rules and flows may use for what some services have. */
export function knownNames(services: readonly Service[]): KnownNames {
  return {
    operations: placedOperations(services).map(({ operation }) => operation.id),
    services: [...new Set(services.flatMap(namesOf))],
    errorCodes: [...errorCatalogueOf(services).keys()],
  }
}

/** Makes the check of the operations, services, error codes and changes of fixtures in a scenario. */
export function namesCheck(known: KnownNames): CheckNames {
  return (written) => [...unknownNames(Scenario, written, known), ...wrongChanges(Scenario, written)]
}

/**
 * The names that a scenario may use. The services of both editions count, whichever is emulated, so that a scenario can be
 * used with either.
 * @param further services that are emulated beside those of `services/index.ts`.
 */
export function namesForScenarios(further: readonly Service[] = []): KnownNames {
  return knownNames([...new Set([...everyService, ...further])])
}

/** The check with the services of `services/index.ts`. */
export const checkNames = namesCheck(namesForScenarios())
