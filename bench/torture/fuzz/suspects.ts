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
/** Time for a scenario, a fixture or a policy file, ms: the YAML parser takes a third of a second for 1,000 rules. */
const FILE_STOP_MS = 1000

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
    const ms = await timeAlone(client, pid, suspect.sent)
    const longest = suspect.name.startsWith('file ') ? FILE_STOP_MS : STOP_MS
    if (ms > longest && ms > (worst?.ms ?? 0)) worst = { past: suspect, ms }
  }
  return worst
}

/** How long a request takes that is sent alone: the best of some times, without the time in which the machine gave no processor. */
async function timeAlone(client: Client, pid: number, sent: Sent): Promise<number> {
  const times: number[] = []
  const waited = () => starved(String(pid)) + starved('self')
  for (let time = 0; time < TIMES; time++) {
    const began = performance.now()
    const before = waited()
    await client.send(sent).catch(() => undefined)
    times.push(performance.now() - began - (waited() - before))
  }
  return Math.min(...times)
}
