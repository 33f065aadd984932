import type { Flow } from '../simulation/scenario/schema.ts'

/** One step of a flow in words. */
export interface FlowMoment {
  /** Ms since the job was submitted, at the cloud's own pace: the earliest, for an empty file. */
  at: number
  /** E.g. `60 s to 90 s, and 4 s for each GiB`. */
  when: string
  /** What it does, e.g. `RUNNING`, `save`, `5 %`. */
  words: string[]
}

const GIB = 2 ** 30

/** The steps of a flow in words, without what happens when it fails. */
export function momentsOf(flow: Flow): FlowMoment[] {
  return flow.flatMap((step) => {
    if ('on' in step) return []
    const { at, job, image = [], progress, error } = step
    const range = at.from === at.to ? seconds(at.from) : `${seconds(at.from)} to ${seconds(at.to)}`
    const forSize = at.perByte === undefined ? '' : `, and ${seconds(at.perByte * GIB)} for each GiB`
    const words = [job, error, ...image, progress === undefined ? undefined : `${progress} %`]
    return [
      {
        at: at.from,
        when: range + forSize,
        words: words.flatMap((word) => (word === undefined ? [] : [word])),
      },
    ]
  })
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`
}
