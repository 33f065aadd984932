import { z } from 'zod'
import { ask, type Client, sendJson } from '../client.ts'
import type { Json } from './json.ts'

export interface Operation {
  id: string
  method: string
  /** With `{parameters}`. */
  path: string
  /** True for the control plane. */
  isControl: boolean
  parameters: readonly { name: string; place: 'path' | 'query' | 'header'; schema: Json }[]
  /** Undefined when it takes no body. */
  body: { type: string; schema: Json } | undefined
}

const Content = z.record(z.string(), z.object({ schema: z.json().optional() }))
const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        parameters: z
          .array(z.object({ name: z.string(), in: z.enum(['path', 'query', 'header']), schema: z.json() }))
          .default([]),
        requestBody: z.object({ content: Content }).optional(),
      }),
    ),
  ),
})

/** Reads all operations from the OpenAPI document of a server. */
export async function readOperations(client: Client): Promise<Operation[]> {
  const { paths } = await ask(client, sendJson('GET', '/_ims/openapi.json'), Document)
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters, requestBody }]): Operation => {
      const [content] = Object.entries(requestBody?.content ?? {})
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        isControl: path.startsWith('/_ims') || path === '/metrics',
        parameters: parameters.map(({ name, in: place, schema }) => ({ name, place, schema })),
        body: content && { type: content[0], schema: content[1].schema ?? true },
      }
    }),
  )
}
