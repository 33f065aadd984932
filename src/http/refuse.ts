import type { Face, Method, Operation } from '../contract/operation.ts'
import { CloudError, ControlError, GlanceError } from '../lib/errors.ts'
import type { RunningEmulator } from '../worlds/emulator.ts'
import { bodyBytes, drain, type ServerContext } from './body.ts'
import { findWorld } from './find-world.ts'
import { receive } from './received.ts'
import { note } from './record-request.ts'
import { renderError } from './render-error.ts'
import { inWords, toResponse } from './respond.ts'

/** The order in which methods are told to a client that used another one. */
const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Answers a known path with a method that it does not take, as its face does, and names those that it takes. */
export function refuseMethod(
  emulator: RunningEmulator,
  context: ServerContext,
  operations: readonly Operation[],
): Promise<Response> {
  const { method, path } = context.req
  const taken = METHODS.filter((name) => operations.some((operation) => operation.method === name)).join(', ')
  const face = operations[0]?.face ?? 'ims'
  const errors: Readonly<Record<Face, () => Error>> = {
    ims: () => new CloudError('APIGW.0103', { method, taken }),
    iam: () => new CloudError('APIGW.0103', { method, taken }),
    eps: () => new CloudError('APIGW.0103', { method, taken }),
    openstack: () => new GlanceError(405, `The method ${method} is not allowed for this resource.`),
    control: () => new ControlError(405, `${path} takes ${taken}, not ${method}`),
  }
  return refuse(emulator, context, face, errors[face](), { Allow: taken })
}

/** Answers a path that nothing stands at, as the face does under whose paths it lies; the gateway for all others. */
export function refusePath(
  emulator: RunningEmulator,
  context: ServerContext,
  face: Face | undefined,
): Promise<Response> {
  const { method, path } = context.req
  const error =
    face === 'control'
      ? new ControlError(404, `nothing at ${method} ${path}; /_ims/openapi.json lists what there is`)
      : face === 'openstack'
        ? new GlanceError(404, 'The resource could not be found.')
        : new CloudError('APIGW.0101', { method, path })
  return refuse(emulator, context, face ?? 'ims', error, {})
}

/** Answers a request whose world cannot be found: whatever face it was meant for, the mistake is one with our own plane. */
export async function refuseUnplaced(
  emulator: RunningEmulator,
  context: ServerContext,
  error: Error,
): Promise<Response> {
  const requestId = emulator.defaultWorld().nextControlId()
  await drain(bodyBytes(context))
  return toResponse(
    renderError('control', error, requestId, (fault) => emulator.log(requestId, fault)),
    requestId,
  )
}

async function refuse(
  emulator: RunningEmulator,
  context: ServerContext,
  face: Face,
  error: Error,
  headers: Record<string, string>,
): Promise<Response> {
  const { world } = findWorld(emulator, context)
  const received = receive(world, context, face)
  const { requestId } = received
  const answer = inWords(renderError(face, error, requestId, () => {}, context.req.raw.headers.get('accept')))
  await drain(bodyBytes(context))
  if (face !== 'control') {
    if (error instanceof CloudError) received.code = error.code
    note(world, context, received, answer)
  }
  return toResponse({ ...answer, headers: { ...answer.headers, ...headers } }, requestId)
}
