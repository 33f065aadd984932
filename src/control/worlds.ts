import { firstUser, listUsers } from '../accounts/queries/identity.ts'
import { inOnePiece } from '../contract/media-type.ts'
import { created, handle, noContent, ok, reply } from '../contract/operation.ts'
import { ifReadable } from '../database/open.ts'
import { wireMillis } from '../lib/time.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import type { Snapshot } from '../worlds/snapshots.ts'
import { WorldSpec } from '../worlds/spec.ts'
import { packWorld } from '../worlds/world-file.ts'
import { type ControlCall, withBody } from './call.ts'
import * as contract from './contract/worlds.ts'

/**
 * Renders a world with the endpoint and the credentials for its clients.
 * @param host scheme and host as clients see them.
 */
export function renderWorld(world: OpenWorld, host: string): contract.WorldWire {
  // A world with a broken database is listed, too: clients must find it to delete it.
  const project = ifReadable(() => firstUser(world.db))?.project
  const users = ifReadable(() => usersOf(world)) ?? {}
  const [demo] = Object.values(users)
  return {
    name: world.name,
    endpoint: `${host}/w/${world.name}`,
    scenario: world.scenario.scenario,
    seed: world.scenario.seed,
    auth: world.auth.mode,
    time: wireMillis(world.clock.now()),
    region: project?.region ?? '',
    project_id: project?.id ?? '',
    access_key: demo?.access_key ?? null,
    secret_key: demo?.secret_key ?? null,
    token: demo?.token ?? null,
    users,
  }
}

function usersOf(world: OpenWorld): contract.WorldWire['users'] {
  const credentials = world.credentials()
  const users = new Map<string, contract.WorldWire['users'][string]>()
  for (const { id, name, projectId, domainId } of listUsers(world.db)) {
    const { accessKey = null, secretKey = null, token = null } = credentials.get(id) ?? {}
    users.set(users.has(name) ? id : name, {
      ...{ user_id: id, project_id: projectId, domain_id: domainId },
      ...{ access_key: accessKey, secret_key: secretKey, token },
    })
  }
  return Object.fromEntries(users)
}

const createWorld = handle(
  withBody(contract.createWorld, WorldSpec.default({})),
  async ({ emulator, host }: ControlCall, { body }) => {
    await emulator.worlds.prepare(body)
    return created(renderWorld(emulator.worlds.create(body), host))
  },
)

const listWorlds = handle(contract.listWorlds, ({ emulator, host }: ControlCall) => {
  const worlds = emulator.worlds.all().map((world) => renderWorld(world, host))
  const broken = emulator.worlds.broken()
  return ok({ worlds, ...(broken.length > 0 && { broken }) })
})

const showWorld = handle(contract.showWorld, ({ emulator, host }: ControlCall, { params }) =>
  ok(renderWorld(emulator.worlds.named(params.world), host)),
)

const forkWorld = handle(contract.forkWorld, ({ emulator, world, host }: ControlCall, { body }) =>
  created(renderWorld(emulator.worlds.fork(world, body.name), host)),
)

const deleteWorld = handle(contract.deleteWorld, ({ emulator }: ControlCall, { params }) => {
  emulator.worlds.remove(params.world)
  return noContent()
})

const reset = handle(contract.reset, ({ emulator, world }: ControlCall) => {
  emulator.worlds.reset(world)
  return noContent()
})

const saveSnapshot = handle(contract.saveSnapshot, ({ world }: ControlCall, { body }) =>
  created(renderSnapshot(world.snapshots.save(body.name, world))),
)

const listSnapshots = handle(contract.listSnapshots, ({ world }: ControlCall) =>
  ok({ snapshots: world.snapshots.list().map(renderSnapshot) }),
)

const restoreSnapshot = handle(contract.restoreSnapshot, ({ emulator, world }: ControlCall, { params }) => {
  emulator.worlds.restore(world, params.snapshot)
  return noContent()
})

const deleteSnapshot = handle(contract.deleteSnapshot, ({ world }: ControlCall, { params }) => {
  world.snapshots.remove(params.snapshot)
  return noContent()
})

function renderSnapshot({ name, at, bytes }: Snapshot): contract.SnapshotWire {
  return { name, time: wireMillis(at), bytes }
}

const downloadDatabase = handle(contract.downloadDatabase, async ({ world }: ControlCall, { query }) =>
  reply(200, {
    bytes: query.blobs === 'true' ? await packWorld(world) : inOnePiece(world.copy().database),
    headers: {
      'Content-Type': 'application/vnd.sqlite3',
      'Content-Disposition': `attachment; filename="${world.name}.sqlite"`,
    },
  }),
)

export const worldOperations = [
  createWorld,
  listWorlds,
  showWorld,
  deleteWorld,
  forkWorld,
  reset,
  listSnapshots,
  saveSnapshot,
  restoreSnapshot,
  deleteSnapshot,
  downloadDatabase,
]
