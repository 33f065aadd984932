import { z } from 'zod'
import { inOnePiece } from '../contract/answer-bytes.ts'
import { noContent, nothing, ok } from '../contract/operation.ts'
import { wireMillis } from '../lib/time.ts'
import { type Snapshot, WorldName } from '../worlds/wish.ts'
import { packedWorld } from '../worlds/world-file.ts'
import { controlOperation } from './operation.ts'

const SnapshotWire = z.strictObject({
  name: z.string(),
  /** Virtual time of the world when it was saved. */
  time: z.string(),
  /** Of the database; blobs are shared with the world. */
  bytes: z.int(),
})

function renderSnapshot({ name, at, bytes }: Snapshot): z.input<typeof SnapshotWire> {
  return { name, time: wireMillis(at), bytes }
}

export const saveSnapshot = controlOperation({
  id: 'ControlSaveSnapshot',
  method: 'POST',
  path: '/_ims/snapshots',
  summary: 'Save the world as it is now, to go back to it as often as needed',
  request: z.object({ body: z.strictObject({ name: WorldName }) }),
  responses: { 201: SnapshotWire },
  handle: ({ emulator, world }, { body }) => ({
    status: 201,
    body: renderSnapshot(emulator.worlds.snapshots(world.name).save(body.name)),
  }),
})

export const listSnapshots = controlOperation({
  id: 'ControlListSnapshots',
  method: 'GET',
  path: '/_ims/snapshots',
  summary: 'The snapshots of the world',
  request: nothing,
  responses: { 200: z.strictObject({ snapshots: z.array(SnapshotWire) }) },
  handle: ({ emulator, world }) =>
    ok({ snapshots: emulator.worlds.snapshots(world.name).list().map(renderSnapshot) }),
})

const SnapshotParams = z.object({ snapshot: z.string() })

export const restoreSnapshot = controlOperation({
  id: 'ControlRestoreSnapshot',
  method: 'PUT',
  path: '/_ims/snapshots/{snapshot}/restore',
  summary: 'Go back to a snapshot: images, jobs, rules, counts and the clock; the journal goes on',
  request: z.object({ params: SnapshotParams }),
  responses: { 204: null },
  handle({ emulator, world }, { params }) {
    emulator.worlds.snapshots(world.name).restore(params.snapshot)
    return noContent()
  },
})

export const deleteSnapshot = controlOperation({
  id: 'ControlDeleteSnapshot',
  method: 'DELETE',
  path: '/_ims/snapshots/{snapshot}',
  summary: 'Delete a snapshot',
  request: z.object({ params: SnapshotParams }),
  responses: { 204: null },
  handle({ emulator, world }, { params }) {
    emulator.worlds.snapshots(world.name).remove(params.snapshot)
    return noContent()
  },
})

export const downloadDatabase = controlOperation({
  id: 'ControlDownloadDatabase',
  method: 'GET',
  path: '/_ims/database',
  summary:
    'The world as a SQLite file, as it is now: what `start --from` goes on from; blobs=true puts the bytes of its images in',
  request: z.object({ query: z.strictObject({ blobs: z.enum(['true', 'false']).optional() }) }),
  responses: { 200: null },
  handle: ({ world }, { query }) => ({
    status: 200,
    bytes: query.blobs === 'true' ? packedWorld(world) : inOnePiece(world.copy().database),
    headers: {
      'Content-Type': 'application/vnd.sqlite3',
      'Content-Disposition': `attachment; filename="${world.name}.sqlite"`,
    },
  }),
})
