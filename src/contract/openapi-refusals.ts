import { z } from 'zod'
import type { ZodOpenApiContentObject, ZodOpenApiResponseObject } from 'zod-openapi'
import type { Face } from './operation.ts'

const GatewayError = z
  .looseObject({ error_code: z.string(), error_msg: z.string(), request_id: z.string() })
  .meta({ id: 'GatewayError', description: 'The API gateway refuses (`APIGW.…`).' })

const ImsError = z
  .looseObject({ error: z.strictObject({ code: z.string(), message: z.string() }) })
  .meta({ id: 'ImsError', description: 'The image service refuses (`IMG.…`).' })

const EpsError = z
  .strictObject({ error: z.strictObject({ error_code: z.string(), error_msg: z.string() }) })
  .meta({ id: 'EpsError', description: 'The service of enterprise projects refuses (`EPS.…`).' })

const IamError = z
  .strictObject({ error: z.strictObject({ code: z.int(), message: z.string(), title: z.string() }) })
  .meta({ id: 'IamError', description: 'The identity service refuses; the code is the status.' })

const GlanceError = z
  .strictObject({ message: z.string(), code: z.string(), title: z.string() })
  .meta({ id: 'GlanceError', description: 'Glance refuses; the code is the status line.' })

const Problem = z
  .strictObject({ type: z.literal('about:blank'), title: z.string(), status: z.int(), detail: z.string() })
  .meta({ id: 'Problem', description: 'The control plane refuses (RFC 9457); the detail says what to send.' })

const json = (...services: z.ZodType[]) => ({
  'application/json': { schema: z.union([...services, GatewayError]) },
})
const text = { schema: z.string() }

/** How each face refuses, whichever operation it is. */
const refusals: Readonly<Record<Face, ZodOpenApiResponseObject>> = {
  ims: refusal('ImsRefusal', json(ImsError)),
  eps: refusal('EpsRefusal', json(EpsError)),
  iam: refusal('IamRefusal', json(IamError)),
  openstack: refusal('GlanceRefusal', {
    ...json(GlanceError, ImsError),
    'text/html': text,
    'text/plain': text,
  }),
  control: refusal('ControlRefusal', { 'application/problem+json': { schema: Problem } }),
}

function refusal(id: string, content: ZodOpenApiContentObject): ZodOpenApiResponseObject {
  return { id, description: 'The request is refused; the body says why', content }
}

/** The answers of a face when it does not do what it was asked, by ranges of statuses. */
export function refusalsOf(face: Face): Record<'4XX' | '5XX', ZodOpenApiResponseObject> {
  return { '4XX': refusals[face], '5XX': refusals[face] }
}
