import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi'
import type { Operation } from './operation.ts'

const TITLES = {
  ims: 'Image Management Service',
  openstack: 'OpenStack Image API',
  iam: 'Identity',
  eps: 'Enterprise projects',
  control: 'Control plane',
}

/** The OpenAPI 3.1 document of a list of operations, made from their declarations alone. */
export function openApiDocument(
  operations: readonly Operation[],
  version: string,
): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {}
  for (const operation of operations) {
    const { params, query, body } = operation.request.shape
    const bytes = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } as const
    const content = body
      ? { 'application/json': { schema: body } }
      : operation.takes === 'bytes'
        ? bytes
        : undefined
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: {
        operationId: operation.id,
        summary: operation.summary,
        tags: [TITLES[operation.face]],
        ...(operation.actions.length > 0 && { 'x-iam-actions': operation.actions }),
        ...(operation.conditionalActions.length > 0 && {
          'x-iam-conditional-actions': operation.conditionalActions,
        }),
        ...(operation.authenticated === true && { security: [{ token: [] }, { signature: [] }] }),
        ...((params || query) && {
          requestParams: { ...(params && { path: params }), ...(query && { query }) },
        }),
        ...(content && { requestBody: { content } }),
        responses: Object.fromEntries(
          Object.entries(operation.responses).map(([status, schema]) => [
            status,
            {
              description: `Status ${status}`,
              ...(schema && { content: { 'application/json': { schema } } }),
            },
          ]),
        ),
      },
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'ims-emulator',
      version,
      description: 'The emulated image service and its control plane.',
    },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
        signature: { type: 'apiKey', in: 'header', name: 'Authorization' },
      },
    },
  })
}
