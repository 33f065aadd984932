import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi'
import { safeParse } from '../lib/parse.ts'
import { mediaTypeOf } from './media-type.ts'
import type { Contract } from './operation.ts'

/** A service as the document describes it: a tag with its operations. */
export interface DocumentedService {
  readonly title: string
  readonly description: string
  readonly refusalSchema: RefusalDescription
  readonly callers: { readonly authenticated: boolean }
  readonly operations: readonly Contract[]
}

const BINARY = { schema: { type: 'string', format: 'binary' } } as const

/** What a document says of the emulator that serves it. */
export interface DocumentedServer {
  version: string
  /** Where the paths begin. */
  url: string
}

/** The OpenAPI 3.1 document of a list of services, made from their contracts alone. */
export function openApiDocument(
  services: readonly DocumentedService[],
  { version, url }: DocumentedServer,
): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {}
  for (const service of services)
    for (const operation of service.operations)
      paths[operation.path] = {
        ...paths[operation.path],
        [operation.method.toLowerCase()]: described(service, operation),
      }
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'ims-emulator',
      version,
      description:
        'The emulated image service and its control plane. In lenient mode the token `demo-token` is good.',
    },
    servers: [{ url, description: 'This emulator' }],
    tags: services.map(({ title, description }) => ({ name: title, description })),
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Auth-Token',
          description: 'A token of the identity service.',
        },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'A request signed with an access key: `SDK-HMAC-SHA256 …`.',
        },
      },
    },
  }
  return createDocument(document, {
    override({ jsonSchema }) {
      if (jsonSchema.pattern !== undefined) jsonSchema.pattern = readableElsewhere(jsonSchema.pattern)
    },
  })
}

/** Few other languages know a script by its name: their readers get the blocks of Han in common use. */
function readableElsewhere(pattern: string): string {
  return pattern.replaceAll('\\p{Script=Han}', '\u3400-\u4dbf\u4e00-\u9fff')
}

function described(service: DocumentedService, operation: Contract): ZodOpenApiOperationObject {
  const { id, summary, method, actions, conditionalActions } = operation
  const { params, query } = operation.request.shape
  const refusal = method === 'HEAD' ? { description: 'The request is refused' } : service.refusalSchema
  const requestBody = requestBodyOf(operation)
  return {
    operationId: id,
    summary,
    tags: [service.title],
    ...(actions.length > 0 && { 'x-iam-actions': actions }),
    ...(conditionalActions.length > 0 && { 'x-iam-conditional-actions': conditionalActions }),
    security: securityOf(operation.authenticated ?? service.callers.authenticated),
    ...((params || query) && {
      requestParams: { ...(params && { path: params }), ...(query && { query }) },
    }),
    ...(requestBody && { requestBody }),
    responses: { ...answersOf(operation), '4XX': refusal, '5XX': refusal },
  }
}

/** One of these is needed; an empty one is no credentials at all. */
function securityOf(authenticated: boolean | 'when signed'): Record<string, string[]>[] {
  if (authenticated === 'when signed') return [{}, { signature: [] }]
  return authenticated ? [{ token: [] }, { signature: [] }] : []
}

function requestBodyOf({ takes, request }: Contract): ZodOpenApiOperationObject['requestBody'] {
  const { body } = request.shape
  if (body) return { content: contentOf(body), required: !safeParse(body, undefined).success }
  return takes === 'bytes' ? { content: { 'application/octet-stream': BINARY } } : undefined
}

function answersOf({ responses }: Contract): Record<string, ZodOpenApiResponseObject> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, schema]) => [
      status,
      {
        description: STATUS_CODES[status] ?? `Status ${status}`,
        ...(schema && { content: contentOf(schema) }),
      },
    ]),
  )
}

function contentOf(schema: z.ZodType): ZodOpenApiContentObject {
  return { [mediaTypeOf(schema)]: schema instanceof z.ZodUndefined ? BINARY : { schema } }
}

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
