import { z } from 'zod'
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
  deleteServer,
  findServer,
  insertServers,
  listServers,
  unbindServers,
  updateServer,
} from './queries.ts'
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

/** What changes of a server; null ends a task and takes it out of its vault. */
const ServerChange = changeOf({
  name: z.string(),
  status: z.string(),
  task: z.string().nullable(),
  os_version: z.string().nullable(),
  frozen: z.boolean(),
  reclaimed: z.boolean(),
  imageable: z.boolean(),
  csbs: z.boolean(),
  vault_id: Id.nullable(),
})

export const serverFixtures = {
  servers: changingSection({
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
    changes: {
      fields: ServerChange,
      list: (db) => listServers(db).map(renderServer),
      find(db, id) {
        const server = findServer(db, id)
        return server && renderServer(server)
      },
      change: changeServer,
      remove: ({ world }, id) => deleteServer(world.db, id),
    },
    follow({ world }, { section, id }) {
      if (section === 'vaults') unbindServers(world.db, id)
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

function changeServer(
  { world, ids }: FixtureChanging,
  id: string,
  { os_version: osVersion, vault_id: vaultId, ...columns }: z.output<typeof ServerChange>,
): void {
  ids.require('vault', vaultId ?? undefined, `server ${id}`)
  ids.require('operating system', osVersion ?? undefined, `server ${id}`)
  updateServer(world.db, id, { ...columns, osVersion, vaultId })
}

/** Renders a server without its disks: they are fixtures of their own. */
function renderServer(row: ServerRow) {
  const { id, name, status, kind, architecture, frozen, reclaimed, imageable, csbs } = row
  return {
    ...{ id, project_id: row.projectId, name, status, kind, architecture },
    ...(row.imageId !== null && { image_id: row.imageId }),
    ...(row.osVersion !== null && { os_version: row.osVersion }),
    ...(row.firmware !== null && { firmware: row.firmware }),
    ...(row.task !== null && { task: row.task }),
    ...{ frozen, reclaimed, imageable, csbs },
    ...(row.vaultId !== null && { vault_id: row.vaultId }),
  } satisfies z.input<typeof Server>
}
