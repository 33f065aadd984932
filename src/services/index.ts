import { cbr } from './cbr/service.ts'
import { errorCatalogueOf, type PlacedOperation, placedOperations } from './compose.ts'
import { cts } from './cts/service.ts'
import { ecs } from './ecs/service.ts'
import { eps } from './eps/service.ts'
import { evs } from './evs/service.ts'
import type { Edition } from './glance/contract/glance-contract.ts'
import { glanceHuawei } from './glance/editions/huawei.ts'
import { glanceStock } from './glance/editions/stock.ts'
import { keystone } from './iam/keystone/service.ts'
import { iam } from './iam/service.ts'
import { ims } from './ims/service.ts'
import { kms } from './kms/service.ts'
import { obs } from './obs/service.ts'
import type { Service } from './service.ts'

/** Every service of the emulated cloud. One without operations is there for its fixtures only. */
export const listedServices = [ims, glanceHuawei, eps, iam, ecs, evs, cbr, kms, obs, cts] as const

/** The services of each emulated cloud that are routed, documented and counted. A stock Glance has a Keystone beside it. */
export const services: Readonly<Record<Edition, readonly Service[]>> = {
  huawei: listedServices.filter(({ operations }) => operations.length > 0),
  stock: [glanceStock, keystone],
}

/** Every error code that the emulated clouds can answer. */
export const errorCatalogue = errorCatalogueOf(services.huawei)

/** Every operation of either cloud once, for documentation and tests. */
export const operations: readonly PlacedOperation[] = [
  ...new Map(
    placedOperations([...services.stock, ...services.huawei]).map((placed) => [
      `${placed.service.id} ${placed.operation.id}`,
      placed,
    ]),
  ).values(),
]
