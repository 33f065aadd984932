import { errorCatalogueOf, type PlacedOperation, placedOperations } from './compose.ts'
import { eps } from './eps/service.ts'
import { glanceHuawei } from './glance/editions/huawei.ts'
import { glanceStock } from './glance/editions/stock.ts'
import type { Edition } from './glance/rules/edition.ts'
import { iam } from './iam/service.ts'
import { ims } from './ims/service.ts'
import type { Service } from './service.ts'

/** The services of each emulated cloud. A stock Glance stands alone. What stands here is routed, documented and counted. */
export const services: Readonly<Record<Edition, readonly Service[]>> = {
  huawei: [ims, glanceHuawei, eps, iam],
  stock: [glanceStock],
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
