import { Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import { gatewayError } from '../accounts/gateway-errors.ts'
import { jsonRefusals, refusalDescription } from '../contract/openapi.ts'
import type { Route } from '../control/call.ts'
import { control } from '../control/service.ts'
import { ControlError } from '../lib/errors.ts'
import { type PlacedOperation, placedOperations } from '../services/compose.ts'
import { defineService, METHODS } from '../services/service.ts'
import type { Emulator } from '../worlds/emulator.ts'
import { finishBody, type ServerContext, type ServerEnv, wireTarget } from './body.ts'
import { guardedControl } from './control-guard.ts'
import { enterByService, enterOperation, type ServedService, type Server, type ServerCall } from './enter.ts'
import { findWorld, namedInPath, routedPath } from './find-world.ts'
import { answerRequest } from './pipeline.ts'
import { refusalOf, renderRefusal, toResponse } from './respond.ts'
import { type NamedService, namedService } from './service-address.ts'
import { reportUnsupported } from './unsupported.ts'

export type App = Hono<ServerEnv>

type Placed = PlacedOperation<ServerCall>

/** The API gateway before all services. It has no operations, and answers the paths that belong to no service. */
const gateway: ServedService = defineService({
  id: 'gateway',
  hosts: [],
  title: 'API gateway',
  description: 'What stands before every service.',
  refusals: {
    invalid: ({ path, message }) => gatewayError('APIGW.0101', { path, message }),
    denied: ({ action }) => gatewayError('APIGW.0301', { action }),
    missingBody: () => gatewayError('APIGW.0101'),
    malformedBody: () => gatewayError('APIGW.0101'),
  },
  refusalSchema: refusalDescription('GatewayRefusal', jsonRefusals()),
  operations: [],
})

/**
 * Routes every declared operation by its path, and then by its method. A known path with another method, and a path that
 * leads nowhere, are refused as the service does to which the path belongs. A service that routes by itself gets every
 * request that no declared path takes; one that recognises its requests gets those before any path is looked at.
 */
export function createApp(emulator: Emulator): App {
  const app = new Hono<ServerEnv>({ getPath: (request) => routedPath(getPath(request)) })
  const services: readonly ServedService[] = [...emulator.services, guardedControl(control, emulator)]
  const auditors = services.flatMap(({ audit }) => audit ?? [])
  const server: Server = { emulator, services, auditors, route }
  const declared = placedOperations(services.filter(({ enter }) => enter === undefined))
  const routing = services.find(({ enter, recognise }) => enter !== undefined && recognise === undefined)
  const recognising = services.filter(({ recognise }) => recognise !== undefined)
  const serviceUnder = servicesByPrefix(declared)
  const names = new Set(services.flatMap(({ hosts = [] }) => hosts))
  const nameIn = (context: ServerContext) => namedService(context, names, emulator.cloudDomains)

  /** The service that refuses a path which no operation has, and whether it is the one that the address names. */
  function serviceWithout(named: NamedService | undefined, path: string) {
    const byPath = serviceUnder(path)
    // The control plane is below every name.
    if (named === undefined || (byPath !== undefined && (!named.only || byPath.hosts === undefined)))
      return { service: byPath, isByName: false }
    const byName = services.find(({ hosts }) => hosts?.includes(named.name))
    return { service: byName ?? notEmulated(named.name), isByName: true }
  }

  /** Routes without answering: the router below hands over what it finds. */
  async function route(method: string, target: string): Promise<Route> {
    let found: Route
    const onRoute = (routed: Route) => {
      found = routed
    }
    await app.fetch(new Request(new URL(target, 'http://localhost'), { method }), { onRoute })
    return found
  }

  if (recognising.length > 0)
    app.use('*', async (context, next) => {
      const target = routedPath(wireTarget(context))
      const request = { headers: context.req.raw.headers, target }
      const service = recognising.find((each) => each.recognise?.(request) !== undefined)
      if (service === undefined) return next()
      if (context.env?.onRoute === undefined) return answerRequest(server, service, context, enterByService)
      const found = service.find?.(context.req.method, target)
      context.env.onRoute(found && { service, ...found })
      return ROUTED
    })
  for (const [path, placed] of inRoutingOrder(declared))
    app.all(routePath(path, placed), (context, next) => {
      const { method } = context.req
      const named = nameIn(context)
      const possible = possibleFor(placed, named)
      if (possible.length === 0) return next()
      const found = operationFor(possible, method, (service) => {
        const { world } = findWorld(emulator, context, service)
        return service.owns?.(world, context.req.param()) ?? false
      })
      if (found !== undefined) {
        const { service, operation } = found
        if (context.env?.onRoute === undefined)
          return answerRequest(server, service, context, enterOperation(operation), operation)
        context.env.onRoute({ service, operation, params: context.req.param() })
        return ROUTED
      }
      // A path of parameters alone, such as `/{version}`, is known for its own methods only.
      const service = /\/[^{/]/.test(path) ? possible[0]?.service : undefined
      if (context.env?.onRoute !== undefined) {
        context.env.onRoute(service && { service, allow: allowed(possible) })
        return ROUTED
      }
      if (service === undefined) return refusePath(server, context, gateway)
      return refuseMethod(server, context, service, allowed(possible), named)
    })
  app.notFound((context) => {
    const named = nameIn(context)
    if (namedInPath(context) !== undefined && named !== undefined && !names.has(named.name))
      throw unknownService(named, names)
    const { service, isByName } = serviceWithout(named, context.req.path)
    if (context.env?.onRoute !== undefined) {
      const { method } = context.req
      const found = isFor(routing, service)
        ? routing?.find?.(method, routedPath(wireTarget(context)))
        : undefined
      context.env.onRoute(found && routing && { service: routing, ...found })
      return ROUTED
    }
    if (routing !== undefined && isFor(routing, service))
      return answerRequest(server, routing, context, enterByService)
    return refusePath(server, context, service ?? gateway, isByName ? named : undefined)
  })
  app.onError((error, context) => refuseUnplaced(emulator, context, error))
  return app
}

/** Tells whether a path that no declared operation has goes to a service that routes by itself. */
function isFor(routing: ServedService | undefined, service: ServedService | undefined): boolean {
  return service === undefined || service === routing
}

/** The gateway before a service that is not emulated: the journal has the name of the service. */
function notEmulated(name: string): ServedService {
  return SERVICE_NAME.test(name) ? { ...gateway, id: name } : gateway
}

/** A label of a host name. */
const SERVICE_NAME = /^[a-z0-9-]{1,63}$/

/** The answer of a request that was only routed. */
const ROUTED = new Response(null)

/** The operations of a path that a request can mean whose address names a service; all of them when it names none. */
function possibleFor(placed: readonly Placed[], named: NamedService | undefined): readonly Placed[] {
  if (named === undefined) return placed
  const own = placed.filter(({ service: { hosts } }) => hosts === undefined || hosts.includes(named.name))
  return own.length > 0 || named.only ? own : placed
}

/** The operation of a path for a method: of several services, that of the service that owns the request. */
function operationFor(
  placed: readonly Placed[],
  method: string,
  owns: (service: ServedService) => boolean,
): Placed | undefined {
  const exact = placed.filter(({ operation }) => operation.method === method)
  if (exact.length > 1) return exact.find(({ service }) => owns(service)) ?? exact[0]
  if (exact.length === 1 || method !== 'HEAD') return exact[0]
  return placed.find(({ service, operation }) => operation.method === 'GET' && service.treatment.headAsGet)
}

function unknownService({ name }: NamedService, names: ReadonlySet<string>): ControlError {
  const known = [...names].sort().join(', ')
  return new ControlError(404, `there is no service ${name}; /s/{service} takes one of: ${known}`)
}

/** The methods that a path takes, as the Allow header lists them. */
function allowed(placed: readonly Placed[]): string {
  return METHODS.filter((name) => placed.some(({ operation }) => operation.method === name)).join(', ')
}

/** Spells `/v1/{project_id}/jobs` as `/v1/:project_id/jobs`; an open end is `:key{.+}`. */
function routePath(path: string, placed: readonly Placed[]): string {
  const spelled = path.replace(/\{(\w+)\}/g, ':$1')
  return placed.some(({ operation }) => operation.openEnd) ? `${spelled}{.+}` : spelled
}

/** Puts fixed segments before parameters, so that `/v1/cloudimages/tags` is never taken for an image called `tags`. */
function inRoutingOrder(placed: readonly Placed[]): [string, Placed[]][] {
  const rank = (path: string) => path.replace(/\{\w+\}/g, '\uffff')
  const byPath = Map.groupBy(placed, ({ operation }) => operation.path)
  return [...byPath].sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
}

/**
 * Finds the service whose paths begin as a path does: `/_ims/…`, `/v2/images/…`. A beginning that two services share
 * belongs to neither. A service that answers at `/v3` itself and alone has everything below it.
 */
function servicesByPrefix(placed: readonly Placed[]): (path: string) => ServedService | undefined {
  const services = new Map<string, ServedService | undefined>()
  const claim = (prefix: string, service: ServedService) => {
    const before = services.get(prefix)
    services.set(prefix, services.has(prefix) && before !== service ? undefined : service)
  }
  const paths = placed.map(({ operation }) => operation.path)
  const roots = new Set(['/_ims', ...paths.filter((path) => /^\/[^/{]+$/.test(path))])
  for (const { service, operation } of placed) {
    const first = /^\/[^/{]+/.exec(operation.path)?.[0] ?? ''
    const two = /^\/[^/{]+\/[^/{]+/.exec(operation.path)?.[0]
    if (roots.has(first)) claim(first, service)
    if (two !== undefined) claim(two, service)
  }
  return (path) => {
    const [first = '', second = ''] = path.split('/').slice(1)
    return services.get(`/${first}`) ?? services.get(`/${first}/${second}`)
  }
}

async function refuseMethod(
  server: Server,
  context: ServerContext,
  service: ServedService,
  allow: string,
  named: NamedService | undefined,
): Promise<Response> {
  const response = await answerRequest(server, service, context, async (arrival) => {
    if (named !== undefined) reportUnsupported(arrival)
    throw service.refusals.method(context.req.method, context.req.path, allow)
  })
  response.headers.set('Allow', allow)
  return response
}

function refusePath(
  server: Server,
  context: ServerContext,
  service: ServedService,
  named?: NamedService,
): Promise<Response> {
  return answerRequest(server, service, context, async (arrival) => {
    if (named !== undefined) reportUnsupported(arrival)
    throw service.refusals.path(context.req.method, context.req.path)
  })
}

/**
 * Refuses a request whose world does not exist or whose Host is foreign: the mistake is about the emulator, whichever service
 * the request was meant for.
 */
async function refuseUnplaced(emulator: Emulator, context: ServerContext, error: Error): Promise<Response> {
  const requestId = emulator.worlds.default.nextControlId()
  await finishBody(context)
  const { method, headers, url } = context.req.raw
  const refusal = refusalOf(control, error, requestId, (fault) => emulator.log(requestId, fault))
  const answer = renderRefusal(control, refusal, { requestId, method, headers, url })
  return toResponse(answer, control.treatment.requestIdHeaders(requestId, undefined, context.req.raw))
}
