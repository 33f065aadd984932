import { Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import type { Face, Operation } from '../contract/operation.ts'
import { stockGlance } from '../services/glance/stock/stock-glance.ts'
import type { RunningEmulator } from '../worlds/emulator.ts'
import type { ServerEnv } from './body.ts'
import { routedPath } from './find-world.ts'
import { answerRequest } from './pipeline.ts'
import { refuseMethod, refusePath, refuseUnplaced } from './refuse.ts'

export type App = Hono<ServerEnv>

/**
 * Routes every declared operation by its path, and then by its method. What no operation answers is refused: the method
 * where the path is known, the path where it is not. A stock Glance routes by rules of its own.
 */
export function createApp(emulator: RunningEmulator): App {
  const app = new Hono<ServerEnv>({
    getPath: (request) => routedPath(getPath(request)),
  })
  const stock = emulator.glance === 'stock'
  const routed = stock ? emulator.operations.filter(({ face }) => face === 'control') : emulator.operations
  for (const [path, operations] of inRoutingOrder(routed)) {
    app.all(routePath(path), (context) => {
      const operation = operationFor(context.req.method, operations)
      if (operation !== undefined) return answerRequest(emulator, operation, context)
      return /\/[^{/]/.test(path)
        ? refuseMethod(emulator, context, operations)
        : refusePath(emulator, context, undefined)
    })
  }
  app.onError((error, context) => refuseUnplaced(emulator, context, error))
  const faceUnder = facesByPrefix(routed)
  const glance = stock ? stockGlance(emulator) : undefined
  app.notFound((context) => {
    const face = faceUnder(context.req.path)
    return glance === undefined || face === 'control' ? refusePath(emulator, context, face) : glance(context)
  })
  return app
}

/** Our own plane answers HEAD as any web server does; the cloud takes only what it has published. */
function operationFor(method: string, operations: readonly Operation[]): Operation | undefined {
  const exact = operations.find((operation) => operation.method === method)
  if (exact !== undefined || method !== 'HEAD') return exact
  return operations.find((operation) => operation.method === 'GET' && operation.face === 'control')
}

/** `/v1/{project_id}/jobs` in the router's spelling. */
function routePath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

/** Fixed segments before parameters, so that `/v1/cloudimages/tags` is never taken for an image called `tags`. */
function inRoutingOrder(operations: readonly Operation[]): [string, Operation[]][] {
  const rank = (path: string) => path.replace(/\{\w+\}/g, '\uffff')
  const byPath = Map.groupBy(operations, ({ path }) => path)
  return [...byPath].sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
}

/** Whose paths begin as a path does: `/_ims/…`, `/v2/images/…`. A beginning that two faces share is nobody's. */
function facesByPrefix(operations: readonly Operation[]): (path: string) => Face | undefined {
  const faces = new Map<string, Face | undefined>()
  for (const { path, face } of operations) {
    const prefix = /^(?:\/_ims|\/[^/{]+\/[^/{]+)/.exec(path)?.[0]
    if (prefix === undefined) continue
    faces.set(prefix, faces.has(prefix) && faces.get(prefix) !== face ? undefined : face)
  }
  return (path) => {
    const [first = '', second = ''] = path.split('/').slice(1)
    return faces.get(`/${first}`) ?? faces.get(`/${first}/${second}`)
  }
}
