import type { Action, Choice, Kind, Maker } from './action.ts'
import { imageActions } from './image-actions.ts'
import { worldActions } from './world-actions.ts'

const MAKERS: Record<Kind, Maker> = { ...imageActions, ...worldActions }

/** How often each kind is chosen, relative to the others. */
const WEIGHTS: readonly (readonly [Kind, number])[] = [
  ['createImage', 10],
  ['upload', 14],
  ['import', 3],
  ['export', 2],
  ['tag', 3],
  ['untag', 1],
  ['member', 1],
  ['deleteImage', 2],
  ['advance', 2],
  ['save', 2],
  ['restore', 1],
  ['deleteSnapshot', 1],
  ['createWorld', 2],
  ['fork', 1],
  ['reset', 0.4],
  ['deleteWorld', 0.6],
]
const TOTAL = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0)

/** Kills are aimed at these: all change more than a row. */
export const AIMED: readonly Kind[] = [
  'restore',
  'deleteWorld',
  'deleteSnapshot',
  'fork',
  'createWorld',
  'reset',
  'save',
  'upload',
  'advance',
  'deleteImage',
]

/** Chooses the next action of a worker at random. */
export function chooseAction(choice: Choice): Action {
  for (let tries = 0; tries < 100; tries++) {
    const kind = choice.model.worlds.size === 0 ? 'createWorld' : weighted(choice.random.next())
    const action = MAKERS[kind](choice)
    if (action !== undefined) return action
  }
  throw new Error('no action is possible')
}

/** Makes an action of one kind; undefined when the model has nothing that it could be about. */
export function makeAction(kind: Kind, choice: Choice): Action | undefined {
  return MAKERS[kind](choice)
}

function weighted(draw: number): Kind {
  let left = draw * TOTAL
  for (const [kind, weight] of WEIGHTS) {
    left -= weight
    if (left < 0) return kind
  }
  return 'createImage'
}
