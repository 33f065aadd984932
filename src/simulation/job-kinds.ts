import type { z } from 'zod'
import { safeParse } from '../lib/parse.ts'
import type { JobRow } from './tables.ts'
import type { World } from './world.ts'

/** A world while the steps that are due in it are applied. */
export interface Settling {
  readonly world: World
  /** Registers what has to be written to the database after the last step, before anything else reads it. */
  atEnd(write: () => void): void
}

/**
 * Declares a cache that lives during one settling: it is opened when a job kind first asks for it, and written at the end.
 * @example
 * const movingImages = settlingCache(openMovingImages)
 * movingImages(settling).move(imageId, ['activate'], at)
 */
export function settlingCache<Cache extends { writeAll(): void }>(
  open: (world: World) => Cache,
): (settling: Settling) => Cache {
  const opened = new WeakMap<Settling, Cache>()
  return (settling) => {
    const before = opened.get(settling)
    if (before !== undefined) return before
    const cache = open(settling.world)
    opened.set(settling, cache)
    settling.atEnd(() => cache.writeAll())
    return cache
  }
}

/**
 * What happens to one job beside the changes of its own row. Every hook gets the virtual time of its step, in ms. A hook may
 * be called again for the same step when a transaction was rolled back. Changes outside the database therefore come before it
 * only when they can be repeated; all others are registered with `afterCommit`.
 */
export interface JobHooks {
  /** Applies events of the scenario's state machine to the resources of the job. */
  move?(events: readonly string[], at: number): void
  /** Runs after a step that sets the job to RUNNING. */
  run?(at: number): void
  /** Does the work of the job when it is about to succeed. @returns the error code with which the job fails instead. */
  succeed?(at: number): string | undefined
  /** Undoes what the job has prepared. */
  fail?(at: number): void
}

/** What a service does at the steps and at the end of jobs of some types. */
export interface JobKind {
  /** As the wire shows them, e.g. `imsImportImageJob`. */
  readonly types: readonly string[]
  /** The error code of a failed job when its flow names none. */
  readonly defaultError: string
  /** The form of the payload in the database. */
  readonly payload: z.ZodType
  /**
   * Does what must happen outside the process before the step at which a job succeeds is applied, e.g. an upload, and writes into
   * the payload what came of it. It runs in worlds with an object store.
   * @returns undefined when nothing is left to do.
   */
  ahead?(world: World, row: JobRow, report: (fault: Error) => void): Promise<void> | undefined
  /**
   * Opens a job with its payload parsed.
   * @throws z.ZodError when the database holds another payload than the kind declares.
   */
  open(settling: Settling, row: JobRow): JobHooks
}

/** A job with its payload parsed. */
interface Job<Payload> extends Omit<JobRow, 'payload'> {
  readonly payload: Payload
}

export interface JobKindSpec<Type extends string, Payload> {
  types: readonly Type[]
  /** The form of the payload in the database; it is parsed when it is read. */
  payload: z.ZodType<Payload>
  defaultError: string
  /** Bytes that a job works on, for flows with a time per byte; none when it is left out. */
  size?(world: World, imageId: string | undefined): number
  /** As of {@link JobKind}. */
  ahead?(world: World, job: Job<Payload>, report: (fault: Error) => void): Promise<void> | undefined
  open?(settling: Settling, job: Job<Payload>): JobHooks
}

/** A job kind that still knows its types and its payload: jobs are submitted with it. */
export interface TypedJobKind<Type extends string, Payload> extends JobKind {
  readonly types: readonly Type[]
  size(world: World, imageId: string | undefined): number
  /** The payload of a job; undefined for a job of another kind. */
  payloadOf(row: JobRow): Payload | undefined
}

/**
 * Defines a job kind. A service lists its kinds in `jobKinds`.
 * @example
 * export const exportJobs = defineJobKind({
 *   types: ['imsNativeExportImageJob'], payload: ExportedFile, defaultError: 'IMG.0061',
 *   open: ({ world }, { payload: { blobId } }) => ({
 *     fail: () => afterCommit(world.db, () => world.blobs.remove(blobId)),
 *   }),
 * })
 */
export function defineJobKind<const Type extends string, Payload>({
  types,
  payload: schema,
  defaultError,
  size = () => 0,
  ahead,
  open = () => ({}),
}: JobKindSpec<Type, Payload>): TypedJobKind<Type, Payload> {
  const known: ReadonlySet<string> = new Set(types)
  return {
    types,
    payload: schema,
    defaultError,
    size,
    payloadOf: ({ type, payload }) => (known.has(type) ? schema.parse(payload) : undefined),
    ...(ahead && {
      ahead(world: World, row: JobRow, report: (fault: Error) => void) {
        // A payload of another form fails the job when it is settled.
        const payload = safeParse(schema, row.payload)
        return payload.success ? ahead(world, { ...row, payload: payload.data }, report) : undefined
      },
    }),
    open: (settling, row) => open(settling, { ...row, payload: schema.parse(row.payload) }),
  }
}

/** Job kinds by the types of their jobs. */
export function jobKindsByType(kinds: readonly JobKind[]): ReadonlyMap<string, JobKind> {
  return new Map(kinds.flatMap((kind) => kind.types.map((type) => [type, kind])))
}
