import { STATUS_CODES } from 'node:http'
import type { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi'
import { mediaTypeOf, rawBytes } from './media-type.ts'
import { refusalsOf } from './openapi-refusals.ts'
import type { Face, Operation } from './operation.ts'

const TAGS: Readonly<Record<Face, { name: string; description: string }>> = {
  ims: { name: 'Image Management Service', description: 'Images, their tags, members, jobs and quotas.' },
  openstack: { name: 'OpenStack Image API', description: 'The same images as Glance shows them.' },
  iam: { name: 'Identity', description: 'Tokens, temporary keys, projects, users and the catalogue.' },
  eps: { name: 'Enterprise projects', description: 'Enterprise projects and the images in them.' },
  control: { name: 'Control plane', description: 'What no cloud has: worlds, time, rules and the journal.' },
}

const BINARY = { schema: { type: 'string', format: 'binary' } } as const

/** What a document says of the emulator that serves it. */
export interface DocumentedServer {
  version: string
  /** Where the paths begin. */
  url: string
}

/** The OpenAPI 3.1 document of a list of operations, made from their declarations alone. */
export function openApiDocument(
  operations: readonly Operation[],
  { version, url }: DocumentedServer,
): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {}
  for (const operation of operations)
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: described(operation),
    }
  const faces = new Set(operations.map(({ face }) => face))
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'ims-emulator',
      version,
      description:
        'The emulated image service and its control plane. In lenient mode the token `demo-token` is good.',
    },
    servers: [{ url, description: 'This emulator' }],
    tags: [...faces].map((face) => TAGS[face]),
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

function described(operation: Operation): ZodOpenApiOperationObject {
  const { id, face, summary, actions, conditionalActions } = operation
  const { params, query } = operation.request.shape
  const requestBody = requestBodyOf(operation)
  return {
    operationId: id,
    summary,
    tags: [TAGS[face].name],
    ...(actions.length > 0 && { 'x-iam-actions': actions }),
    ...(conditionalActions.length > 0 && { 'x-iam-conditional-actions': conditionalActions }),
    security: securityOf(operation),
    ...((params || query) && {
      requestParams: { ...(params && { path: params }), ...(query && { query }) },
    }),
    ...(requestBody && { requestBody }),
    responses: { ...answersOf(operation), ...refusalsOf(face) },
  }
}

/** One of these is needed; an empty one is no credentials at all. */
function securityOf({ authenticated }: Operation): Record<string, string[]>[] {
  if (authenticated === 'when signed') return [{}, { signature: [] }]
  return authenticated ? [{ token: [] }, { signature: [] }] : []
}

function requestBodyOf({ takes, request }: Operation): ZodOpenApiOperationObject['requestBody'] {
  const { body } = request.shape
  if (body) return { content: contentOf(body), required: !body.safeParse(undefined).success }
  return takes === 'bytes' ? { content: { 'application/octet-stream': BINARY } } : undefined
}

function answersOf({ responses }: Operation): Record<string, ZodOpenApiResponseObject> {
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
  return { [mediaTypeOf(schema)]: schema === rawBytes ? BINARY : { schema } }
}
