import { createHash } from 'node:crypto'
import { DISK_IMAGE } from '../place.ts'

/** Bytes of an image. */
export interface Content {
  size: number
  /** Hex. */
  md5: string
}

/** What is known of an image. */
export interface ImageModel {
  /** Undefined when the creation was under way at a kill. */
  id: string | undefined
  /** `any` while a job may change it. */
  status: 'queued' | 'active' | 'any'
  content: Content | undefined
  tags: readonly string[]
  /** Whether the partner is its member: `any` while a job makes it one, `unknown` when the request was cut off. */
  member: boolean | 'any' | 'unknown'
}

/** What is known of a job: whether it has ended, and the object that it writes. */
export interface JobModel {
  done: boolean
  object?: string
}

export interface WorldModel {
  /** By their names, which are unique. */
  images: ReadonlyMap<string, ImageModel>
  /** By their ids. */
  jobs: ReadonlyMap<string, JobModel>
  /** The latest virtual time that was acknowledged. */
  now: string
}

/** The worlds of one worker, which sends one request at a time. No other worker touches them. */
export interface Model {
  worlds: ReadonlyMap<string, WorldModel>
  /** By the names of their worlds. */
  snapshots: ReadonlyMap<string, ReadonlyMap<string, WorldModel>>
}

export const EMPTY_WORLD: WorldModel = { images: new Map(), jobs: new Map(), now: '' }

export function contentOf(bytes: Buffer): Content {
  return { size: bytes.length, md5: createHash('md5').update(bytes).digest('hex') }
}

const DISK_IMAGE_CONTENT = contentOf(DISK_IMAGE)

/** A copy of a map with another value at a key; without the key when there is no value. */
export function withValue<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  value: Value | undefined,
): ReadonlyMap<string, Value> {
  const copy = new Map(map)
  if (value === undefined) copy.delete(key)
  else copy.set(key, value)
  return copy
}

/** A model in which one world is another, or is gone. */
export function withWorld(model: Model, name: string, world: WorldModel | undefined): Model {
  return { ...model, worlds: withValue(model.worlds, name, world) }
}

export function withImage(
  model: Model,
  world: string,
  name: string,
  change: (image: ImageModel | undefined) => ImageModel | undefined,
): Model {
  const before = model.worlds.get(world) ?? EMPTY_WORLD
  const images = withValue(before.images, name, change(before.images.get(name)))
  return withWorld(model, world, { ...before, images })
}

export function withJob(model: Model, world: string, id: string, job: JobModel): Model {
  const before = model.worlds.get(world) ?? EMPTY_WORLD
  return withWorld(model, world, { ...before, jobs: withValue(before.jobs, id, job) })
}

export function withSnapshot(
  model: Model,
  world: string,
  name: string,
  saved: WorldModel | undefined,
): Model {
  const saves = withValue(model.snapshots.get(world) ?? new Map<string, WorldModel>(), name, saved)
  return { ...model, snapshots: withValue(model.snapshots, world, saves) }
}

/** A world in which every job has ended. */
export function idle(world: WorldModel, now: string): WorldModel {
  const images = [...world.images].map(([name, image]): [string, ImageModel] => [
    name,
    {
      ...image,
      ...(image.status === 'any' && { status: 'active', content: DISK_IMAGE_CONTENT }),
      ...(image.member === 'any' && { member: true }),
    },
  ])
  const jobs = [...world.jobs].map(([id, job]): [string, JobModel] => [id, { ...job, done: true }])
  return { images: new Map(images), jobs: new Map(jobs), now }
}
