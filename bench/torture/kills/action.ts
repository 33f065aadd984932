import type { z } from 'zod'
import type { Reply, Sent } from '../client.ts'
import type { Random } from '../random.ts'
import type { ImageModel, Model, WorldModel } from './model.ts'

export type ImageKind =
  | 'createImage'
  | 'upload'
  | 'import'
  | 'export'
  | 'tag'
  | 'untag'
  | 'member'
  | 'deleteImage'
export type WorldKind =
  | 'advance'
  | 'save'
  | 'restore'
  | 'deleteSnapshot'
  | 'createWorld'
  | 'fork'
  | 'reset'
  | 'deleteWorld'
export type Kind = ImageKind | WorldKind

/** One request of the load, and what it does to the model. */
export interface Action {
  kind: Kind
  what: string
  sent: Sent
  /** Returns the model once it is done. There is no reply when the process was killed before it. */
  after(model: Model, reply?: Reply): Model
}

/** What a worker chooses its next action from. */
export interface Choice {
  random: Random
  model: Model
  /** Names of the worlds that the worker may have. */
  names: readonly string[]
  /** A text that no other action has. */
  step: string
}

/** Makes an action of one kind; undefined when the model has nothing that it could be about. */
export type Maker = (choice: Choice) => Action | undefined

/** Chooses one of the worlds that exist. */
export function aWorld(
  { random, model }: Choice,
  fits: (world: WorldModel, name: string) => boolean,
): [string, WorldModel] | undefined {
  const worlds = [...model.worlds].filter(([name, world]) => fits(world, name))
  return worlds.length === 0 ? undefined : random.pick(worlds)
}

/** An image that an action is about. */
interface Chosen {
  choice: Choice
  world: string
  name: string
  image: ImageModel
  id: string
}

/** Makes actions about an image that fits, and whose id is known. */
export function onImage(
  kind: ImageKind,
  fits: (image: ImageModel) => boolean,
  make: (chosen: Chosen) => Omit<Action, 'kind'>,
): Maker {
  const fitting = ({ images }: WorldModel) =>
    [...images].filter(([, image]) => image.id !== undefined && fits(image))
  return (choice) => {
    const found = aWorld(choice, (world) => fitting(world).length > 0)
    if (found === undefined) return undefined
    const [name, image] = choice.random.pick(fitting(found[1]))
    return { kind, ...make({ choice, world: found[0], name, image, id: image.id ?? '' }) }
  }
}

export function isActive({ status }: ImageModel): boolean {
  return status === 'active'
}

/** Reads the body of a reply. */
export function read<Shape extends z.ZodType>(reply: Reply, shape: Shape): z.output<Shape> {
  return shape.parse(JSON.parse(reply.body.toString()))
}
