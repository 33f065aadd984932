import type { Client, Sent } from '../client.ts'
import { STOP_MS, type Stop, starved } from '../probe.ts'

/** A request that was answered, or was not. Times are real ms since the epoch. */
export interface Past {
  step: number
  name: string
  sent: Sent
  from: number
  to: number
}

/** Requests that are tried alone for one stop, at most. */
const TRIED = 6
const TIMES = 3

/**
 * Finds the request that stopped the event loop: each of those that were under way is sent again alone.
 * @returns undefined when none of them takes long alone.
 */
export async function culpritOf(
  client: Client,
  pid: number,
  stop: Stop,
  past: readonly Past[],
): Promise<{ past: Past; ms: number } | undefined> {
  const suspects = past
    .filter(({ from, to }) => from < stop.to && to > stop.from)
    .toSorted((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, TRIED)
  let worst: { past: Past; ms: number } | undefined
  for (const suspect of suspects) {
    const ms = await stopAlone(client, pid, suspect.sent)
    if (ms > STOP_MS && ms > (worst?.ms ?? 0)) worst = { past: suspect, ms }
  }
  return worst
}

/**
 * How long the server answers nothing else while a request is sent alone: the best of some times, without the time in which
 * the machine gave no processor. A request may take longer, when a thread works on it.
 */
async function stopAlone(client: Client, pid: number, sent: Sent): Promise<number> {
  const times: number[] = []
  for (let time = 0; time < TIMES; time++) {
    const state = { underWay: true }
    const request = client
      .send(sent)
      .catch(() => undefined)
      .finally(() => {
        state.underWay = false
      })
    let longest = 0
    while (state.underWay) longest = Math.max(longest, await timeOfHealth(client, pid))
    await request
    times.push(longest)
  }
  return Math.min(...times)
}

async function timeOfHealth(client: Client, pid: number): Promise<number> {
  const waited = () => starved(String(pid)) + starved('self')
  const began = performance.now()
  const before = waited()
  await client.send({ method: 'GET', path: '/_ims/health' }).catch(() => undefined)
  return performance.now() - began - (waited() - before)
}
