import type { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { wait } from '../lib/time.ts'
import type { Clock } from '../simulation/clock.ts'
import type { Effects } from '../simulation/rules/then.ts'
import type { ServerContext } from './body.ts'
import { realWait } from './real-wait.ts'

/** The faults that a rule puts on an answer on its way to the client. */
export type WireFaults = Pick<
  Effects,
  'disconnect' | 'truncate' | 'bytesPerSecond' | 'virtualTime' | 'malformed' | 'wrongContentLength'
>

/** A slow body is sent in portions at this interval, ms. */
const PORTION_INTERVAL = 50
/** A wrong Content-Length promises this many bytes more than are sent. */
const MISSING = 16

/** The wire faults of the first rule that has any; undefined when none has. */
export function wireFaultsOf(effects: readonly Effects[]): WireFaults | undefined {
  return effects.find(
    ({ disconnect, truncate, bytesPerSecond, malformed, wrongContentLength }) =>
      disconnect !== undefined ||
      truncate !== undefined ||
      bytesPerSecond !== undefined ||
      malformed ||
      wrongContentLength,
  )
}

/** True when the client gets another answer than the one that was made. A slow answer arrives whole in the end. */
export function isBroken({ disconnect, truncate, malformed, wrongContentLength }: WireFaults): boolean {
  return disconnect !== undefined || truncate !== undefined || malformed || wrongContentLength
}

/**
 * Sends an answer with the faults of a rule. It cuts the connection itself, as a broken network would, so the client sees no
 * status. A request in process has no connection: reading its body fails instead.
 * @param clock that of the world, for a slow body that counts virtual time.
 */
export async function breakOnWire(
  response: Response,
  faults: WireFaults,
  context: ServerContext,
  clock: Clock,
): Promise<Response> {
  const whole = Buffer.from(await response.arrayBuffer())
  const bytes = faults.malformed ? brokenJson(whole) : whole
  const sent = bytes.subarray(0, sentBytes(bytes.length, faults))
  const outgoing = context.env?.outgoing
  if (outgoing === undefined) return inProcess(response, bytes, sent, faults)
  if (faults.disconnect === 'before-headers') {
    outgoing.destroy()
    return RESPONSE_ALREADY_SENT
  }
  const promised = faults.wrongContentLength ? bytes.length + MISSING : bytes.length
  const headers = { ...Object.fromEntries(response.headers), 'content-length': String(promised) }
  outgoing.writeHead(response.status, headers)
  const pause = async () => {
    const ms = faults.virtualTime ? realWait(clock, PORTION_INTERVAL) : PORTION_INTERVAL
    if (ms > 0) await wait(ms)
  }
  await write(outgoing, sent, faults.bytesPerSecond, pause)
  if (sent.length === promised) outgoing.end()
  else outgoing.destroy()
  return RESPONSE_ALREADY_SENT
}

/** The number of bytes of a body that are sent before the connection is cut. */
function sentBytes(length: number, { disconnect, truncate }: WireFaults): number {
  if (disconnect === 'mid-body') return Math.floor(length / 2)
  if (truncate === undefined) return length
  return 'bytes' in truncate ? truncate.bytes : Math.floor(length * truncate.part)
}

/** Drops the last byte of a body, so that it is no JSON any more. */
function brokenJson(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.max(0, bytes.length - 1))
}

async function write(
  outgoing: ServerResponse,
  bytes: Buffer,
  perSecond: number | undefined,
  pause: () => Promise<void>,
): Promise<void> {
  if (perSecond === undefined) {
    await new Promise<void>((resolve) => outgoing.write(bytes, () => resolve()))
    return
  }
  const portion = Math.max(1, Math.round((perSecond * PORTION_INTERVAL) / 1000))
  for (let at = 0; at < bytes.length && !outgoing.destroyed; at += portion) {
    if (at > 0) await pause()
    outgoing.write(bytes.subarray(at, at + portion))
  }
}

function inProcess(response: Response, bytes: Buffer, sent: Buffer, faults: WireFaults): Response {
  const cut = sent.length < bytes.length || faults.wrongContentLength || faults.disconnect !== undefined
  const init = { status: response.status, headers: response.headers }
  if (!cut) return new Response(sent, init)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (faults.disconnect !== 'before-headers') controller.enqueue(sent)
      controller.error(new TypeError('terminated: a rule cut the connection'))
    },
  })
  return new Response(body, init)
}
