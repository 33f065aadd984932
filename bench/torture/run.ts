import type { Findings } from './findings.ts'

/** What all parts of a run have in common. */
export interface Run {
  seed: number
  /** The folder of the run, which is removed at its end. */
  folder: string
  findings: Findings
  say(line: string): void
  /** Only these steps of the fuzz are sent; all by default. */
  steps?: { from: number; to: number } | undefined
  /** Aimed kills are aimed at this action only; at all by default. */
  aim?: string | undefined
}

/** Returns the command that repeats a part of a run. */
export function replayOf({ seed }: Run, part: string, more = ''): string {
  return `npm run torture -- --seed ${seed} --part ${part}${more}`
}
