import { notAuthenticated } from '../accounts/authenticate.ts'
import type { CredentialName } from '../accounts/queries/identity.ts'
import { hashToken } from '../accounts/tokens.ts'
import { type CodedRefusal, ControlError } from '../lib/errors.ts'
import { hostNow } from '../lib/time.ts'
import type { Recognised, ServiceFacts } from '../services/service.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { namedAccessKey } from './authenticate.ts'
import { type ServerContext, wireTarget } from './body.ts'

/** `/w/{world}/…` for the cloud, `/_ims/worlds/{world}/…` for our own plane. */
const PREFIX = /^\/(?:w\/([^/?#]+)(?=[/?#]|$)|_ims\/worlds\/([^/?#]+)(?=\/[^?#]))/

/** `/s/{service}/…` for a service of the cloud. The object service reads its own: what follows is a bucket. */
const SERVICE_PREFIX = /^\/s\/(?!obs(?:[/?#]|$))([a-z0-9-]+)(?=[/?#]|$)/

interface Prefixed {
  world: string | undefined
  service: string | undefined
  /** The path below the prefixes, as the service itself has it. */
  path: string
}

function readPrefix(path: string): Prefixed {
  const isWorld = path.startsWith('/w/') || path.startsWith('/_ims/worlds/')
  const match = isWorld ? PREFIX.exec(path) : null
  const rest = match === null ? path : path.slice(match[0].length)
  if (match?.[2] !== undefined) return { world: match[2], service: undefined, path: `/_ims${rest}` }
  const service = rest.startsWith('/s/') ? SERVICE_PREFIX.exec(rest)?.[1] : undefined
  const below = service === undefined ? rest : rest.slice('/s/'.length + service.length)
  return { world: match?.[1], service, path: below === '' ? '/' : below }
}

/** The service that the path of a request names: `ecs` in `/s/ecs/v1/…` and in `/w/blue/s/ecs/v1/…`. */
export function namedInPath(context: ServerContext): string | undefined {
  return readPrefix(wireTarget(context)).service
}

/**
 * The path by which a request is routed: without the parts that name a world and a service.
 * @example routedPath('/w/blue/v2/images') // '/v2/images'
 */
export function routedPath(path: string): string {
  return readPrefix(path).path
}

/** The world of a request, and the prefix of its paths. */
export interface Place {
  world: OpenWorld
  /** `/w/{world}`; empty for a request whose path names no world. */
  prefix: string
  /** The refusal of a request that no world can be found for, because several know its access key. */
  refusal?: CodedRefusal
}

/**
 * Finds the world of a request. The first match decides: the prefix of the path, credentials that only one other world knows,
 * the header X-Ims-World, the default world. An access key that several worlds know, without a sign of any, is refused: clients
 * that drop the path of their endpoint would use the default world without knowing it.
 * @throws ControlError 404 when the named world does not exist.
 */
export function findWorld(
  emulator: Emulator,
  context: ServerContext,
  service: Pick<ServiceFacts, 'recognise'>,
): Place {
  const place = placeOf(emulator, context, service)
  place.world.usedAt = hostNow()
  return place
}

function placeOf(
  emulator: Emulator,
  context: ServerContext,
  { recognise }: Pick<ServiceFacts, 'recognise'>,
): Place {
  const { world: inPath } = readPrefix(wireTarget(context))
  if (inPath !== undefined) return { world: named(emulator, inPath), prefix: `/w/${inPath}` }
  const home = emulator.worlds.default
  const { headers } = context.req.raw
  const inHeader = headers.get('x-ims-world')
  if (emulator.worlds.count() > 1) {
    const target = routedPath(wireTarget(context))
    const credential = credentialOf(headers, recognise?.({ headers, target }))
    const owner = credential && emulator.worlds.credentials.ownerOf(credential)
    if (owner !== undefined) return { world: owner, prefix: '' }
    const isKey = inHeader === null && credential?.kind === 'access_key'
    const rivals = isKey ? emulator.worlds.credentials.rivalsFor(credential) : []
    if (rivals.length > 0)
      return { world: home, prefix: '', refusal: ambiguous(credential?.id ?? '', rivals) }
  }
  return { world: inHeader === null ? home : named(emulator, inHeader), prefix: '' }
}

function ambiguous(accessKey: string, rivals: readonly OpenWorld[]): CodedRefusal {
  const names = rivals.map(({ name }) => name).join(', ')
  return notAuthenticated(
    `ak ${accessKey} is known in several worlds (${names}), and the request names none; sign with the world's own key for the user ` +
      '(users in the answer of GET /_ims/worlds/{world}), or send the header X-Ims-World or the path /w/{world}',
  )
}

function named(emulator: Emulator, name: string): OpenWorld {
  const world = emulator.worlds.find(name)
  if (world !== undefined) return world
  const names = emulator.worlds.all().map((each) => each.name)
  throw new ControlError(
    404,
    `no world is called ${name}; there are: ${names.join(', ')}. POST /_ims/worlds makes one`,
  )
}

/** The credential of a request, by which worlds know it. */
function credentialOf(headers: Headers, recognised: Recognised | undefined): CredentialName | undefined {
  const token = headers.get('x-auth-token') ?? ''
  if (token !== '') return { kind: 'token', id: hashToken(token) }
  const id = recognised?.accessKey ?? namedAccessKey(headers.get('authorization') ?? '')
  return id === undefined ? undefined : { kind: 'access_key', id }
}
