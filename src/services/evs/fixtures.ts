import { z } from 'zod'
import type { DiskBytes } from '../../database/blobs.ts'
import { idsOf } from '../../database/statements.ts'
import {
  changeOf,
  changingSection,
  type FixtureAdding,
  type FixtureChanging,
  Flag,
  Gigabytes,
  Id,
  record,
} from '../../simulation/fixtures.ts'
import {
  deleteVolume,
  findVolume,
  insertVolumes,
  listVolumes,
  releaseVolumesOf,
  updateVolume,
  volumesOf,
} from './queries.ts'
import { type VolumeRow, volumes } from './tables.ts'

/** A disk, attached to a server or not. Disks that are written under a server are added here too. */
const Volume = record({
  id: Id,
  name: z.string().optional(),
  size: Gigabytes,
  type: z.string().default('GPSSD'),
  system: Flag,
  shareable: Flag,
  key_id: Id.optional(),
  /** The operating system that can be recognised on it. */
  os_version: z.string().optional(),
  project_id: Id,
  server_id: Id.optional(),
  /** The image that it was made from. */
  image_id: Id.optional(),
  status: z.string().default('available'),
})

/** What changes of a disk. One that is attached or detached without a status is `in-use` or `available`. */
const VolumeChange = changeOf({
  name: z.string(),
  size: Gigabytes,
  type: z.string(),
  status: z.string(),
  shareable: z.boolean(),
  os_version: z.string().nullable(),
  server_id: Id.nullable(),
})

export const volumeFixtures = {
  volumes: changingSection({
    item: Volume,
    after: ['projects', 'servers', 'keys', 'images'],
    ids: { volume: (db) => idsOf(db, volumes) },
    facts: {
      disksOfServer: ({ db }, serverId) =>
        volumesOf(db, serverId).map(({ id, size, system, keyId, content }) => {
          return { volumeId: id, size, system, keyId, content }
        }),
    },
    add(adding, items) {
      insertVolumes(
        adding.world.db,
        items.map((volume) => volumeRow(adding, volume)),
      )
    },
    changes: {
      fields: VolumeChange,
      list: (db) => listVolumes(db).map(renderVolume),
      find(db, id) {
        const volume = findVolume(db, id)
        return volume && renderVolume(volume)
      },
      change: changeVolume,
      remove: ({ world }, id) => deleteVolume(world.db, id),
    },
    follow({ world }, { section, id }) {
      if (section === 'servers') releaseVolumesOf(world.db, id)
    },
  }),
} as const

function volumeRow(adding: FixtureAdding, volume: z.output<typeof Volume>): VolumeRow {
  const { ids } = adding
  const { id, size, type, status, system, shareable, project_id: projectId } = volume
  const what = `volume ${id}`
  ids.claim('volume', id)
  ids.require('project', projectId, what)
  ids.require('server', volume.server_id, what)
  ids.require('key', volume.key_id, what)
  ids.require('operating system', volume.os_version, what)
  return {
    ...{ id, projectId, size, type, status, system, shareable },
    name: volume.name ?? id,
    serverId: volume.server_id ?? null,
    keyId: volume.key_id ?? null,
    osVersion: volume.os_version ?? null,
    content: volume.image_id === undefined ? null : contentFrom(adding, volume.image_id),
  }
}

/** The bytes of an image in a blob of the disk's own; null for an image without bytes. */
function contentFrom({ world, facts }: FixtureAdding, imageId: string): DiskBytes | null {
  const bytes = facts.bytesOfImage(world, imageId)
  if (bytes === undefined) return null
  const blobId = world.chance.uuid('blob')
  world.blobs.duplicate(blobId, bytes.blobId)
  return { ...bytes, blobId }
}

function changeVolume(
  { world, ids }: FixtureChanging,
  id: string,
  { os_version: osVersion, server_id: serverId, status, ...columns }: z.output<typeof VolumeChange>,
): void {
  ids.require('server', serverId ?? undefined, `volume ${id}`)
  ids.require('operating system', osVersion ?? undefined, `volume ${id}`)
  const followed = serverId === undefined ? undefined : serverId === null ? 'available' : 'in-use'
  updateVolume(world.db, id, { ...columns, osVersion, serverId, status: status ?? followed })
}

/** Renders a disk without what it was made from: the bytes are its own. */
function renderVolume(row: VolumeRow) {
  const { id, name, size, type, status, system, shareable } = row
  return {
    ...{ id, project_id: row.projectId, name, size, type, status, system, shareable },
    ...(row.keyId !== null && { key_id: row.keyId }),
    ...(row.osVersion !== null && { os_version: row.osVersion }),
    ...(row.serverId !== null && { server_id: row.serverId }),
  } satisfies z.input<typeof Volume>
}
