import { z } from 'zod'
import { issueControlToken } from '../../control/contract/auth.ts'
import { advanceClock } from '../../control/contract/clock.ts'
import type { RecordedRequest, Recording } from '../../control/contract/recording.ts'
import { createWorld, deleteWorld } from '../../control/contract/worlds.ts'
import { parseTime } from '../../lib/time.ts'
import {
  type ControlClient,
  ControlFailure,
  controlClient,
  jsonOrText,
  reach,
  type Send,
  sendWithKey,
  silence,
} from '../control-client.ts'
import { compareBodies, type Difference, type IdNames, openIdNames } from './compare.ts'
import { placedIn, whyUnplayable } from './recorded-path.ts'

/** The result of one recorded request. */
export interface Replayed {
  request: RecordedRequest
  /** Empty when the answer is the recorded one, and when the request was not sent. */
  differences: Difference[]
  /** Why it was not sent. */
  leftOut?: string
}

/**
 * Plays a recording in a new world of the emulator at an address, each request at its own virtual time, and compares the
 * answers. The world is deleted at the end.
 * @throws ControlFailure when the emulator cannot create such a world.
 * @example
 * for await (const { request, differences } of replay(recording, url)) console.log(request.path, differences)
 */
export async function* replay(
  recording: Recording,
  url: string,
  send: Send = sendWithKey,
): AsyncGenerator<Replayed> {
  const control = controlClient(url, send)
  const { name } = await control.call(createWorld, createWorld.responses[201], {
    body: { scenario: recording.scenario },
  })
  const player: Player = {
    url,
    send,
    world: name,
    control: control.inWorld(name),
    names: openIdNames(),
    tokens: new Map(),
    recording,
  }
  try {
    for (const request of recording.requests) yield await replayed(player, request)
  } finally {
    await control.call(deleteWorld, silence, { params: { world: name } })
  }
}

interface Player {
  url: string
  send: Send
  world: string
  control: ControlClient
  names: IdNames
  /** Tokens that were issued for the replay, by user and project. */
  tokens: Map<string, { token: string; expiresAt: number }>
  recording: Recording
}

async function replayed(player: Player, request: RecordedRequest): Promise<Replayed> {
  const reason = request.left_out ?? whyUnplayable(request)
  if (reason !== undefined) return { request, differences: [], leftOut: reason }
  await player.control.call(advanceClock, advanceClock.responses[200], { body: { to: request.at } })
  let sent: Request
  try {
    sent = await requestOf(player, request)
  } catch (error) {
    return { request, differences: [], leftOut: whyUnsendable(error) }
  }
  if (request.answer.spoiled) {
    await hearOut(player, sent)
    return { request, differences: [] }
  }
  const response = await reach(player.url, player.send, sent)
  const bytes = Buffer.from(await response.arrayBuffer())
  return { request, differences: differencesOf(player, request, response, bytes) }
}

/**
 * Returns why a request cannot be sent: a user does not exist when the request that created it had a secret and was left
 * out, and fetch sends no body with GET.
 * @throws the error itself when it ends the replay.
 */
function whyUnsendable(error: unknown): string {
  if (error instanceof ControlFailure && error.status === 404)
    return `who sent it is not there: ${error.message}`
  if (error instanceof TypeError) return `fetch cannot send it: ${error.message}`
  throw error
}

/** Sends a request whose answer was broken on the wire: the answer is not compared, but the request must be counted. */
async function hearOut({ send }: Player, request: Request): Promise<void> {
  try {
    await (await send(request)).arrayBuffer()
  } catch {
    // The answer is broken again.
  }
}

async function requestOf(player: Player, request: RecordedRequest): Promise<Request> {
  const { url, world, names } = player
  const { method, path, headers = {}, json, text, base64 } = request
  const address = placedIn(world, url, names.translate(path))
  const ours = path.startsWith('/_ims/')
  const token = ours ? undefined : await tokenFor(player, request)
  const body = json !== undefined ? JSON.stringify(json) : (text ?? (base64 && Buffer.from(base64, 'base64')))
  const own = Object.entries(headers).map(([name, value]): [string, string] => [name, names.translate(value)])
  return new Request(address, {
    method,
    headers: [...own, ...(token === undefined ? [] : [['X-Auth-Token', token] satisfies [string, string]])],
    ...(body !== undefined && { body: typeof body === 'string' ? names.translate(body) : body }),
  })
}

/** The token of an unknown user: any text that was never issued. */
const UNKNOWN_TOKEN = 'a-token-that-nobody-issued'

async function tokenFor(player: Player, { user, project, at }: RecordedRequest): Promise<string | undefined> {
  if (project === undefined) return undefined
  if (user === undefined) return UNKNOWN_TOKEN
  const key = `${user} ${project}`
  const known = player.tokens.get(key)
  if (known !== undefined && known.expiresAt > (parseTime(at) ?? 0)) return known.token
  const { token, expires_at } = await player.control.call(
    issueControlToken,
    issueControlToken.responses[201],
    { body: { user, project } },
  )
  player.tokens.set(key, { token, expiresAt: parseTime(expires_at) ?? 0 })
  return token
}

function differencesOf(
  { names, recording: { tolerance_ms: toleranceMs } }: Player,
  { path, answer }: RecordedRequest,
  response: Response,
  bytes: Buffer,
): Difference[] {
  const differences: Difference[] = []
  if (answer.status !== response.status)
    differences.push({ place: 'status', recorded: answer.status, now: response.status })
  const type = response.headers.get('content-type') ?? undefined
  if (answer.content_type !== type)
    differences.push({ place: 'content type', recorded: answer.content_type, now: type })
  const comparison = { names, toleranceMs }
  if (answer.json !== undefined)
    differences.push(
      ...compareBodies(
        withoutClock(path, answer.json),
        withoutClock(path, jsonOrText(bytes.toString())),
        comparison,
      ),
    )
  else if (answer.text !== undefined)
    differences.push(...compareBodies(answer.text, bytes.toString(), comparison))
  else if (answer.base64 !== undefined && answer.base64 !== bytes.toString('base64'))
    differences.push({ place: 'body', recorded: answer.base64, now: bytes.toString('base64') })
  return differences
}

/** Removes `clock` from the reply of a scenario swap: the clock of a replay is frozen, so that section always differs. */
function withoutClock(path: string, body: unknown): unknown {
  const swapped = path.startsWith('/_ims/scenario') ? Swapped.safeParse(body) : undefined
  if (!swapped?.success) return body
  return { ...swapped.data, not_applied: swapped.data.not_applied.filter((part) => part !== 'clock') }
}

const Swapped = z.looseObject({ not_applied: z.array(z.string()) })
