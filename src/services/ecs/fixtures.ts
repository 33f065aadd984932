import { z } from 'zod'
import { idsOf } from '../../database/statements.ts'
import { type FixtureAdding, Flag, fixtureSection, Gigabytes, Id, record } from '../../simulation/fixtures.ts'
import { defineNeighbour } from '../service.ts'
import { findServer, insertServers } from './queries.ts'
import { type ServerRow, servers } from './tables.ts'

/** A disk that is attached to the server it is written under. The volume service adds it as one of its volumes. */
const AttachedVolume = record({
  id: Id,
  name: z.string().optional(),
  size: Gigabytes,
  type: z.string().optional(),
  system: Flag,
  shareable: Flag,
  key_id: Id.optional(),
  /** The image that it was made from; that of the server for a system disk. */
  image_id: Id.optional(),
  /** The operating system that can be recognised on it. */
  os_version: z.string().optional(),
  status: z.string().default('in-use'),
})

/** A server. A system that is left out is that of the image it runs from. */
const Server = record({
  id: Id,
  project_id: Id,
  name: z.string(),
  status: z.string().default('ACTIVE'),
  kind: z.enum(['ECS', 'BMS']).default('ECS'),
  image_id: Id.optional(),
  os_version: z.string().optional(),
  firmware: z.enum(['bios', 'uefi']).optional(),
  architecture: z.enum(['x86', 'arm']).optional(),
  /** A task that is under way. */
  task: z.string().optional(),
  frozen: Flag,
  /** A spot server that the cloud is taking back. */
  reclaimed: Flag,
  /** False for a type of server that no image can be made of. */
  imageable: z.boolean().default(true),
  /** Protected by the older backup service. */
  csbs: Flag,
  vault_id: Id.optional(),
  volumes: z.array(AttachedVolume).default([]),
})

type Server = z.output<typeof Server>

const serverFixtures = {
  servers: fixtureSection({
    item: Server,
    after: ['projects', 'vaults', 'images'],
    ids: { server: (db) => idsOf(db, servers) },
    facts: { systemOfServer: ({ db }, id) => findServer(db, id) },
    add(adding, items) {
      insertServers(
        adding.world.db,
        items.map((server) => serverRow(adding, server)),
      )
      adding.handOn('volumes', items.flatMap(volumesOf))
    },
  }),
} as const

function volumesOf({ id, project_id, image_id, volumes }: Server) {
  return volumes.map((volume) => ({
    ...volume,
    project_id,
    server_id: id,
    image_id: volume.image_id ?? (volume.system ? image_id : undefined),
  }))
}

function serverRow(adding: FixtureAdding, server: Server): ServerRow {
  const { id, name, status, kind, frozen, reclaimed, imageable, csbs, project_id: projectId } = server
  const what = `server ${id}`
  adding.ids.claim('server', id)
  adding.ids.require('project', projectId, what)
  adding.ids.require('vault', server.vault_id, what)
  return {
    ...{ id, projectId, name, status, kind, frozen, reclaimed, imageable, csbs },
    imageId: server.image_id ?? null,
    task: server.task ?? null,
    vaultId: server.vault_id ?? null,
    ...systemOf(adding, server),
  }
}

function systemOf(
  { world, ids, facts }: FixtureAdding,
  { id, image_id, os_version, firmware, architecture }: Server,
): Pick<ServerRow, 'osVersion' | 'firmware' | 'architecture'> {
  const image = image_id === undefined ? undefined : facts.systemOfImage(world, image_id)
  const osVersion = os_version ?? image?.osVersion ?? null
  ids.require('operating system', osVersion ?? undefined, `server ${id}`)
  return {
    osVersion,
    firmware: firmware ?? image?.firmware ?? null,
    architecture: architecture ?? image?.architecture ?? 'x86',
  }
}

export const ecs = defineNeighbour({
  id: 'ecs',
  title: 'Elastic Cloud Server',
  description: 'Servers, from which images are made.',
  fixtures: serverFixtures,
})
