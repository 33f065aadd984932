import { z } from 'zod'
import { contract, nothing } from '../../contract/operation.ts'
import type { WorldSpec } from '../../worlds/spec.ts'
import { WorldName } from '../../worlds/world-name.ts'

/** A user of a world with its credentials. Requests that are made with them reach the world whatever their path is. */
const UserCredentialsWire = z.strictObject({
  user_id: z.string(),
  project_id: z.string(),
  domain_id: z.string(),
  access_key: z.string().nullable(),
  secret_key: z.string().nullable(),
  token: z.string().nullable(),
})

const WorldWire = z.strictObject({
  name: z.string(),
  /** Where clients reach this world whatever credentials they show. */
  endpoint: z.string(),
  scenario: z.string(),
  seed: z.int(),
  auth: z.enum(['lenient', 'strict']),
  time: z.string(),
  region: z.string(),
  project_id: z.string(),
  access_key: z.string().nullable(),
  secret_key: z.string().nullable(),
  token: z.string().nullable(),
  /**
   * All users by name, the first of them with the credentials above. A user whose name another one has already is listed by its
   * id.
   */
  users: z.record(z.string(), UserCredentialsWire),
})
export type WorldWire = z.input<typeof WorldWire>

export const createWorld = contract({
  id: 'ControlCreateWorld',
  settles: false,
  method: 'POST',
  path: '/_ims/worlds',
  summary:
    'Create an isolated cloud; clients reach it under /w/{name}, with its own credentials, or with the header X-Ims-World',
  request: z.object({ body: z.custom<z.input<typeof WorldSpec>>().optional() }),
  responses: { 201: WorldWire },
})

export const listWorlds = contract({
  id: 'ControlListWorlds',
  settles: false,
  method: 'GET',
  path: '/_ims/worlds',
  summary: 'All worlds, with endpoints and credentials',
  request: nothing,
  responses: {
    200: z.strictObject({
      worlds: z.array(WorldWire),
      /** Worlds in the data folder that cannot be opened, each with what was found; missing when there are none. */
      broken: z.array(z.strictObject({ name: z.string(), problem: z.string() })).optional(),
    }),
  },
})

const WorldParams = z.object({ world: z.string() })

export const showWorld = contract({
  id: 'ControlShowWorld',
  settles: false,
  method: 'GET',
  path: '/_ims/worlds/{world}',
  summary: 'One world, with its endpoint and credentials',
  request: z.object({ params: WorldParams }),
  responses: { 200: WorldWire },
})

export const forkWorld = contract({
  id: 'ControlForkWorld',
  method: 'POST',
  path: '/_ims/fork',
  summary: 'Create a world as a copy of this one: its images, jobs, rules and clock',
  request: z.object({ body: z.strictObject({ name: WorldName.optional() }).default({}) }),
  responses: { 201: WorldWire },
})

export const deleteWorld = contract({
  id: 'ControlDeleteWorld',
  settles: false,
  method: 'DELETE',
  path: '/_ims/worlds/{world}',
  summary: 'Delete a world with everything in it',
  request: z.object({ params: WorldParams }),
  responses: { 204: null },
})

export const reset = contract({
  id: 'ControlReset',
  settles: false,
  method: 'POST',
  path: '/_ims/reset',
  summary:
    'Reset the world to the start of its scenario: same seed, same ids; exports and other objects of the world are gone',
  request: nothing,
  responses: { 204: null },
})

const SnapshotWire = z.strictObject({
  name: z.string(),
  /** Virtual time of the world when it was saved. */
  time: z.string(),
  /** Size of the database; blobs are shared with the world. */
  bytes: z.int(),
})
export type SnapshotWire = z.input<typeof SnapshotWire>

export const saveSnapshot = contract({
  id: 'ControlSaveSnapshot',
  method: 'POST',
  path: '/_ims/snapshots',
  summary: 'Save the world as it is now, to restore it as often as needed',
  request: z.object({ body: z.strictObject({ name: WorldName }) }),
  responses: { 201: SnapshotWire },
})

export const listSnapshots = contract({
  id: 'ControlListSnapshots',
  settles: false,
  method: 'GET',
  path: '/_ims/snapshots',
  summary: 'The snapshots of the world',
  request: nothing,
  responses: { 200: z.strictObject({ snapshots: z.array(SnapshotWire) }) },
})

const SnapshotParams = z.object({ snapshot: z.string() })

export const restoreSnapshot = contract({
  id: 'ControlRestoreSnapshot',
  settles: false,
  method: 'PUT',
  path: '/_ims/snapshots/{snapshot}/restore',
  summary: 'Restore a snapshot: images, jobs, rules, counts and the clock; the journal goes on',
  request: z.object({ params: SnapshotParams }),
  responses: { 204: null },
})

export const deleteSnapshot = contract({
  id: 'ControlDeleteSnapshot',
  settles: false,
  method: 'DELETE',
  path: '/_ims/snapshots/{snapshot}',
  summary: 'Delete a snapshot',
  request: z.object({ params: SnapshotParams }),
  responses: { 204: null },
})

export const downloadDatabase = contract({
  id: 'ControlDownloadDatabase',
  method: 'GET',
  path: '/_ims/database',
  summary:
    'The world as it is now, as a SQLite file that `start --from` takes; blobs=true includes the bytes of its images and objects',
  request: z.object({ query: z.strictObject({ blobs: z.enum(['true', 'false']).optional() }) }),
  responses: { 200: null },
})
