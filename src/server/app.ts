import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { CloudError, ControlError } from '../kernel/errors.ts'
import type { Operation } from '../operations/operation.ts'
import type { RunningEmulator } from './emulator.ts'
import { answerRequest } from './pipeline.ts'
import { renderError } from './render-error.ts'

export type App = Hono<{ Bindings: Partial<HttpBindings> }>

/** Routes every declared operation; what no operation answers gets the gateway's 404, or ours under `/_ims`. */
export function createApp(emulator: RunningEmulator): App {
  const app = new Hono<{ Bindings: Partial<HttpBindings> }>()
  for (const operation of inRoutingOrder(emulator.operations)) {
    app.on(operation.method, routePath(operation.path), (context) =>
      answerRequest(emulator, operation, context),
    )
  }
  app.notFound((context) => {
    const requestId = emulator.nextRequestId()
    const { path, method } = context.req
    const control = path === '/_ims' || path.startsWith('/_ims/')
    const error = control
      ? new ControlError(404, `nothing at ${method} ${path}; /_ims/openapi.json lists what there is`)
      : new CloudError('APIGW.0101')
    const { status, body, headers } = renderError(control ? 'control' : 'ims', error, requestId, () => {})
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': 'application/json', ...headers, 'X-Request-Id': requestId },
    })
  })
  return app
}

/** `/v1/{project_id}/jobs` in the router's spelling. */
function routePath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

/** Fixed segments before parameters, so that `/v1/cloudimages/tags` is never taken for an image called `tags`. */
function inRoutingOrder(operations: readonly Operation[]): Operation[] {
  const rank = (path: string) => path.replace(/\{\w+\}/g, '\uffff')
  return [...operations].sort((a, b) => (rank(a.path) < rank(b.path) ? -1 : 1))
}
