import type { Flow } from './scenario/flows.ts'
import type { Pace } from './scenario/schema.ts'
import type { StepEffect } from './tables.ts'

/** One step of a flow in virtual time: ms after the start, and what it does. */
export interface PlannedStep {
  after: number
  effect: StepEffect
}

/** Where in a flow something happens: after a part of its time (0 to 1), at a progress (per cent), or after some ms. */
export type FlowPoint = { part: number } | { progress: number } | { after: number }

export interface FlowPlan {
  pace: Pace
  /** Draws one value from a range of milliseconds. */
  draw: (from: number, to: number) => number
  /** Bytes of the file or image that the job works on; 0 where there are none, or where the size is unknown. */
  size?: number
  /** Ends the flow with this error code. */
  failure?: { code: string; at: FlowPoint } | undefined
  /** Stops the flow here: the job never ends. */
  stuck?: FlowPoint | undefined
}

/** The events of the image state machine that a flow applies when it fails. */
export function failureEvents(flow: Flow): string[] {
  return flow.flatMap((step) => ('on' in step ? step.image : []))
}

/** True for a flow that takes longer for more bytes. */
export function dependsOnSize(flow: Flow): boolean {
  return flow.some((step) => 'at' in step && step.at.perByte !== undefined)
}

/**
 * Plans a flow over virtual time: draws times from their ranges, adds time for bytes, applies the pace, and cuts the flow
 * where it fails or gets stuck. A step that would come before an earlier step of the flow waits for it.
 */
export function planFlow(flow: Flow, { pace, draw, size = 0, failure, stuck }: FlowPlan): PlannedStep[] {
  const speed = pace === 'instant' ? Number.POSITIVE_INFINITY : pace
  let latest = 0
  const whole = flow.flatMap((step) => {
    if ('on' in step) return []
    const effect: StepEffect = {}
    if (step.job !== undefined) effect.job = step.job
    if (step.image !== undefined) effect.image = step.image
    if (step.progress !== undefined) effect.progress = step.progress
    if (step.error !== undefined) effect.error = step.error
    latest = Math.max(latest, draw(step.at.from, step.at.to) + timeFor(size, step.at.perByte))
    return [{ after: latest, effect }]
  })
  return cut(flow, whole, { failure, stuck }).map(({ after, effect }) => {
    return { after: Math.round(after / speed), effect }
  })
}

/** Cuts a flow where it fails or gets stuck, before the pace is applied. A flow that gets stuck does not fail. */
function cut(
  flow: Flow,
  whole: PlannedStep[],
  { failure, stuck }: Pick<FlowPlan, 'failure' | 'stuck'>,
): PlannedStep[] {
  if (stuck !== undefined) return stepsUntil(whole, timeOf(whole, stuck))
  if (failure === undefined) return whole
  const after = timeOf(whole, failure.at)
  const effect: StepEffect = {
    job: 'FAIL',
    error: failure.code,
    image: failureEvents(flow),
    ...('progress' in failure.at && { progress: failure.at.progress }),
  }
  return [...stepsUntil(whole, after), { after, effect }]
}

function isEnd(job: StepEffect['job']): boolean {
  return job === 'SUCCESS' || job === 'FAIL'
}

/** The steps up to a time (ms), without the end. */
function stepsUntil(steps: readonly PlannedStep[], time: number): PlannedStep[] {
  return steps.filter(({ after, effect }) => after <= time && !isEnd(effect.job))
}

/** The time in ms at which a point is reached. Progress grows evenly between two steps. */
function timeOf(steps: readonly PlannedStep[], point: FlowPoint): number {
  if ('after' in point) return point.after
  const end = Math.max(...steps.map(({ after }) => after))
  if ('part' in point) return end * point.part
  let reached = { after: 0, progress: 0 }
  for (const { after, effect } of steps) {
    if (effect.progress === undefined) continue
    const { progress } = effect
    if (progress >= point.progress) {
      const span = progress - reached.progress
      const share = span === 0 ? 0 : (point.progress - reached.progress) / span
      return reached.after + (after - reached.after) * share
    }
    reached = { after, progress }
  }
  return end
}

const SECOND = 1000

/** The time for the bytes of an image, in whole seconds, as the cloud tells its times: a small file takes no longer than none. */
function timeFor(bytes: number, perByte = 0): number {
  return Math.floor((bytes * perByte) / SECOND) * SECOND
}
