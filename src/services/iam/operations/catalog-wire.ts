import { z } from 'zod'
import type { Call } from '../../../contract/operation.ts'
import type { Service } from '../rules/catalog.ts'

export const CatalogWire = z.array(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    endpoints: z.array(
      z.strictObject({
        id: z.string(),
        interface: z.literal('public'),
        region: z.string(),
        region_id: z.string(),
        url: z.string(),
      }),
    ),
  }),
)

/** A catalogue as tokens carry it; every address in it is one of this server. */
export function renderCatalog(call: Call, services: readonly Service[]): z.output<typeof CatalogWire> {
  return services.map(({ id, name, type, endpoints }) => ({
    id,
    name,
    type,
    endpoints: endpoints.map((endpoint) => ({
      id: endpoint.id,
      interface: 'public',
      region: endpoint.region,
      region_id: endpoint.region,
      url: call.base + endpoint.path,
    })),
  }))
}
