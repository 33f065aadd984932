import { z } from 'zod'
import { wireMillis } from '../lib/time.ts'
import type { SettledStep } from '../simulation/settle.ts'

/** A step that was applied, as whoever went forward is told of it. */
export const SettledWire = z.object({
  at: z.string(),
  job_id: z.string(),
  job: z.string().optional(),
  image: z.array(z.string()).optional(),
  progress: z.number().optional(),
  error: z.string().optional(),
})

/** A year may hold a hundred thousand steps, in their order. */
export function renderSettled(steps: readonly SettledStep[]): z.input<typeof SettledWire>[] {
  const renderTime = timesInOrder()
  return steps.map(({ at, jobId, effect: { job, image, progress, error } }) => {
    return { at: renderTime(at), job_id: jobId, job, image, progress, error }
  })
}

/** Milliseconds. */
const DAY = 86_400_000
const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))

/** Renders times as `wireMillis` does, the date once for all that follow each other within a day: it is what takes long. */
function timesInOrder(): (ms: number) => string {
  let day = Number.NaN
  let date = ''
  return (ms) => {
    const ofDay = Math.floor(ms / DAY)
    if (ofDay !== day) {
      day = ofDay
      date = wireMillis(ms).slice(0, -'00:00:00.000Z'.length)
    }
    const time = ms - day * DAY
    const hours = TWO_DIGITS[Math.floor(time / 3_600_000)]
    const minutes = TWO_DIGITS[Math.floor(time / 60_000) % 60]
    const seconds = TWO_DIGITS[Math.floor(time / 1000) % 60]
    return `${date}${hours}:${minutes}:${seconds}.${String(time % 1000).padStart(3, '0')}Z`
  }
}
