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

interface Prefixed {
  world: string | undefined
  /** The path below the prefix, as the world itself has it. */
  path: string
}

function readPrefix(path: string): Prefixed {
  if (!path.startsWith('/w/') && !path.startsWith('/_ims/worlds/')) return { world: undefined, path }
  const match = PREFIX.exec(path)
  if (match === null) return { world: undefined, path }
  const rest = path.slice(match[0].length)
  if (match[1] !== undefined) return { world: match[1], path: rest === '' ? '/' : rest }
  return { world: match[2], path: `/_ims${rest}` }
}

/**
 * The path by which a request is routed: without the part that names a world.
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
