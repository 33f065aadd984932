import type { StagedObject, StepEffect } from '../store/schema.ts'
import type { Flow, Pace } from './scenario/schema.ts'

/** One step of a flow in virtual time: ms after the start, and what it does. */
export interface PlannedStep {
  after: number
  effect: StepEffect
}

export interface FlowPlan {
  pace: Pace
  /** Draws one value from a range of milliseconds. */
  draw: (from: number, to: number) => number
  /** Stops the flow with this IMG code after a part of its time, 0 to 1. */
  failure?: { code: string; at: number }
  /** A file that stands in its bucket when the job succeeds, and is thrown away when it fails. */
  deliver?: StagedObject
}

/** The events of the image state machine that a flow wants when it fails. */
export function failureEvents(flow: Flow): string[] {
  return flow.flatMap((step) => ('on' in step ? step.image : []))
}

/** Lays a flow out over virtual time: ranges drawn, pace applied, cut short by a failure. */
export function planFlow(flow: Flow, { pace, draw, failure, deliver }: FlowPlan): PlannedStep[] {
  const speed = pace === 'instant' ? Number.POSITIVE_INFINITY : pace
  const timed = flow.flatMap((step) => {
    if ('on' in step) return []
    const effect: StepEffect = {}
    if (step.job !== undefined) effect.job = step.job
    if (step.image !== undefined) effect.image = step.image
    if (step.progress !== undefined) effect.progress = step.progress
    if (step.error !== undefined) effect.error = step.error
    if ((step.job === 'SUCCESS' || step.job === 'FAIL') && deliver !== undefined) effect.deliver = deliver
    return [{ after: Math.round(draw(step.at.from, step.at.to) / speed), effect }]
  })
  const end = Math.max(...timed.map((step) => step.after))
  if (failure === undefined) return timed
  const failAt = Math.round(end * failure.at)
  const fail: PlannedStep = {
    after: failAt,
    effect: { job: 'FAIL', error: failure.code, image: failureEvents(flow), ...(deliver && { deliver }) },
  }
  const before = timed.filter(
    (step) => step.after <= failAt && step.effect.job !== 'SUCCESS' && step.effect.job !== 'FAIL',
  )
  return [...before, fail]
}
