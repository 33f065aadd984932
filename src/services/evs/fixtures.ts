import { z } from 'zod'
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
  status: z.string().default('available'),
})

const volumeFixtures = {
  volumes: fixtureSection({
    item: Volume,
    after: ['projects', 'servers', 'keys'],
    ids: { volume: (db) => idsOf(db, volumes) },
    facts: {
      disksOfServer: ({ db }, serverId) =>
        volumesOf(db, serverId).map(({ id, size, system, keyId }) => ({ volumeId: id, size, system, keyId })),
    },
    add(adding, items) {
      insertVolumes(
        adding.world.db,
        items.map((volume) => volumeRow(adding, volume)),
      )
    },
  }),
} as const

function volumeRow({ ids }: FixtureAdding, volume: z.output<typeof Volume>): VolumeRow {
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
  }
}

export const evs = defineNeighbour({
  id: 'evs',
  title: 'Elastic Volume Service',
  description: 'Disks of servers.',
  fixtures: volumeFixtures,
})
