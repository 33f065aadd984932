import { z } from 'zod'
import { inOnePiece } from '../contract/answer-bytes.ts'
import { type Snapshot, WorldName } from '../contract/emulator.ts'
import { noContent, nothing, ok, operation } from '../contract/operation.ts'
import { wireMillis } from '../lib/time.ts'

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

export const saveSnapshot = operation({
  id: 'ControlSaveSnapshot',
  face: 'control',
  method: 'POST',
  path: '/_ims/snapshots',
  summary: 'Save the world as it is now, to go back to it as often as needed',
  request: z.object({ body: z.strictObject({ name: WorldName }) }),
  responses: { 201: SnapshotWire },
  handle: ({ emulator, world }, { body }) => ({
    status: 201,
    body: renderSnapshot(emulator.snapshots(world).save(body.name)),
  }),
})

export const listSnapshots = operation({
  id: 'ControlListSnapshots',
  face: 'control',
  method: 'GET',
  path: '/_ims/snapshots',
  summary: 'The snapshots of the world',
  request: nothing,
  responses: { 200: z.strictObject({ snapshots: z.array(SnapshotWire) }) },
  handle: ({ emulator, world }) => ok({ snapshots: emulator.snapshots(world).list().map(renderSnapshot) }),
})

const SnapshotParams = z.object({ snapshot: z.string() })

export const restoreSnapshot = operation({
  id: 'ControlRestoreSnapshot',
  face: 'control',
  method: 'PUT',
  path: '/_ims/snapshots/{snapshot}/restore',
  summary: 'Go back to a snapshot: images, jobs, rules, counts and the clock; the journal goes on',
  request: z.object({ params: SnapshotParams }),
  responses: { 204: null },
  handle({ emulator, world }, { params }) {
    emulator.snapshots(world).restore(params.snapshot)
    return noContent()
  },
})

export const deleteSnapshot = operation({
  id: 'ControlDeleteSnapshot',
  face: 'control',
  method: 'DELETE',
  path: '/_ims/snapshots/{snapshot}',
  summary: 'Delete a snapshot',
  request: z.object({ params: SnapshotParams }),
  responses: { 204: null },
  handle({ emulator, world }, { params }) {
    emulator.snapshots(world).remove(params.snapshot)
    return noContent()
  },
})

export const downloadDatabase = operation({
  id: 'ControlDownloadDatabase',
  face: 'control',
  method: 'GET',
  path: '/_ims/database',
  summary:
    'The world as a SQLite file, as it is now: what `start --from` goes on from; blobs=true puts the bytes of its images in',
  request: z.object({ query: z.strictObject({ blobs: z.enum(['true', 'false']).optional() }) }),
  responses: { 200: null },
  handle: ({ emulator, world }, { query }) => ({
    status: 200,
    bytes: query.blobs === 'true' ? emulator.packedWorld(world) : inOnePiece(emulator.database(world)),
    headers: {
      'Content-Type': 'application/vnd.sqlite3',
      'Content-Disposition': `attachment; filename="${world.name}.sqlite"`,
    },
  }),
})
