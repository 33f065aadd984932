import { gatewayErrors } from '../accounts/gateway-errors.ts'
import type { Call } from '../contract/call.ts'
import type { Operation } from '../contract/operation.ts'
import type { CodedRefusalParts, ErrorEntry, ErrorFamily } from '../lib/errors.ts'
import type { CatalogueEntry, Cloud, ErrorCatalogue } from '../simulation/cloud.ts'
import { jobKindsByType } from '../simulation/job-kinds.ts'
import type { Service } from './service.ts'

/** An operation with the service that it belongs to. */
export interface PlacedOperation<C extends Call = Call> {
  service: Service<C>
  operation: Operation<C>
}

/** Every operation of a list of services, in their order. */
export function placedOperations<C extends Call>(services: readonly Service<C>[]): PlacedOperation<C>[] {
  return services.flatMap((service) => service.operations.map((operation) => ({ service, operation })))
}

/**
 * What a list of services gives to everything that knows no service by name.
 * @param further services whose error codes rules may name too: a scenario goes with either edition of Glance.
 */
export function composeCloud(services: readonly Service[], further: readonly Service[] = []): Cloud {
  return {
    errors: errorCatalogueOf([...new Set([...services, ...further])]),
    catalogue: services
      .flatMap(({ catalogue, hosts }) => catalogue.map((entry) => ({ host: hosts?.[0], ...entry })))
      .sort(byReachAndType),
    resourceKinds: services.flatMap(({ resourceKinds }) => resourceKinds),
    jobKinds: jobKindsByType(services.flatMap(({ jobKinds }) => jobKinds)),
    traces: placedOperations(services).flatMap(({ operation: { trace } }) => trace ?? []),
  }
}

/** The order of the cloud's catalogue: identity, then what each region has, then what all regions share. */
const REACHES: readonly CatalogueEntry['reach'][] = ['both', 'region', 'everywhere']

function byReachAndType(one: CatalogueEntry, other: CatalogueEntry): number {
  const reach = REACHES.indexOf(one.reach) - REACHES.indexOf(other.reach)
  return reach === 0 ? (one.type < other.type ? -1 : 1) : reach
}

class ComposedErrors extends Map<string, ErrorEntry> implements ErrorCatalogue {
  readonly #families: readonly ErrorFamily[]

  constructor(families: readonly ErrorFamily[]) {
    super(families.flatMap(({ table }) => Object.entries(table)))
    this.#families = families
  }

  refusal(code: string, parts?: CodedRefusalParts) {
    return this.#families.find((family) => family.has(code))?.fail(code, {}, parts)
  }
}

/** The error codes of services, and those of the gateway before them. */
export function errorCatalogueOf(services: readonly Service[]): ErrorCatalogue {
  return new ComposedErrors([...services.flatMap(({ errors }) => errors ?? []), gatewayErrors])
}
