import type { Advanced, Clock } from '../client/world.ts'
import { inColumns } from './columns.ts'

/** What a clock shows, in a line. */
export function clockLines({ now, rate, frozen, next, planned }: Clock): string[] {
  const pace = frozen ? 'frozen' : rate === 1 ? 'as fast as the host' : `${rate} virtual seconds a second`
  const work = next === null ? 'nothing planned' : `${count(planned, 'step')} planned, the next at ${next}`
  return [`${now}  ${pace}, ${work}`]
}

/** What happened on the way, a line each step, and what the clock shows now. */
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

/** `1 step`, `2 steps`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
