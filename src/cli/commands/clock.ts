import type { Command } from 'commander'
import { connectWorld } from '../../client/emulator-client.ts'
import type { Advance, Advanced, Clock } from '../../client/world-client.ts'
import type { WorldFlags } from '../address.ts'
import { count, inColumns, printJson, printLines } from '../output.ts'

/** `clock show`. */
export async function show({ url, world, json }: WorldFlags): Promise<void> {
  printClock(await (await connectWorld(url, world)).clock.show(), json)
}

interface AdvanceFlags extends WorldFlags {
  to?: string
  until?: 'next' | 'idle'
}

/** `clock advance`: by a duration, to an instant, or until something happens. */
export async function advance(
  by: string | undefined,
  { url, world, json, to, until }: AdvanceFlags,
  command: Command,
): Promise<void> {
  const [how, more] = [by, to && { to }, until && { until }].filter(isGiven)
  if (how === undefined || more !== undefined)
    return command.error('error: give exactly one of <by>, --to and --until', { exitCode: 2 })
  const advanced = await (await connectWorld(url, world)).clock.advance(how)
  if (json) printJson(advanced)
  else printLines(advancedLines(advanced))
}

function isGiven(how: Advance | '' | undefined): how is Advance {
  return how !== undefined && how !== ''
}

/** `clock freeze`. */
export async function freeze({ url, world, json }: WorldFlags): Promise<void> {
  printClock(await (await connectWorld(url, world)).clock.freeze(), json)
}

/** `clock run`. @param rate virtual seconds per real second. */
export async function run(rate: number, { url, world, json }: WorldFlags): Promise<void> {
  printClock(await (await connectWorld(url, world)).clock.run(rate), json)
}

function printClock(clock: Clock, json: boolean | undefined): void {
  if (json) printJson(clock)
  else printLines(clockLines(clock))
}

/** Renders a clock on one line: the time, its rate, and what is planned. */
export function clockLines({ now, rate, frozen, next, planned }: Clock): string[] {
  const pace = frozen ? 'frozen' : rate === 1 ? 'as fast as the host' : `${rate} virtual seconds per second`
  const work = next === null ? 'nothing planned' : `${count(planned, 'step')} planned, the next at ${next}`
  return [`${now}  ${pace}, ${work}`]
}

/** Renders the job steps that an advance settled, one a line, and then the clock. */
export function advancedLines(advanced: Advanced): string[] {
  const rows = advanced.settled.map(({ at, job_id, job, image = [], progress, error }) => {
    const effects = [
      job,
      ...image.map((event) => `image ${event}`),
      progress === undefined ? undefined : `${progress} %`,
      error,
    ]
    return [at, `job ${job_id}`, effects.filter((effect) => effect !== undefined).join(', ')]
  })
  return [...inColumns(rows), ...clockLines(advanced)]
}
