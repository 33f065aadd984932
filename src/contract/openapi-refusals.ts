import { z } from 'zod'
import type { ZodOpenApiContentObject, ZodOpenApiResponseObject } from 'zod-openapi'

/** How the refusals of a service look in the OpenAPI document; `id` names the component. */
export interface RefusalDescription extends ZodOpenApiResponseObject {
  id: string
}

const GatewayRefusal = z
  .looseObject({ error_code: z.string(), error_msg: z.string(), request_id: z.string() })
  .meta({ id: 'GatewayError', description: 'The API gateway refuses (`APIGW.…`).' })

/** Describes the refusals of a service by the bodies of each media type. */
export function refusalDescription(id: string, content: ZodOpenApiContentObject): RefusalDescription {
  return { id, description: 'The request is refused; the body says why', content }
}

/** The JSON bodies with which a service behind the gateway refuses: its own, or the gateway's. */
export function jsonRefusals(...bodies: z.ZodType[]): ZodOpenApiContentObject {
  return { 'application/json': { schema: z.union([...bodies, GatewayRefusal]) } }
}
