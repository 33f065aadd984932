import { z } from 'zod'
import type { DiskBytes } from '../../database/blobs.ts'
import { idsOf } from '../../database/statements.ts'
import { type FixtureAdding, Flag, fixtureSection, Gigabytes, Id, record } from '../../simulation/fixtures.ts'
import { defineNeighbour } from '../service.ts'
import { insertVolumes, volumesOf } from './queries.ts'
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

const volumeFixtures = {
  volumes: fixtureSection({
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

export const evs = defineNeighbour({
  id: 'evs',
  title: 'Elastic Volume Service',
  description: 'Disks of servers.',
  fixtures: volumeFixtures,
})
