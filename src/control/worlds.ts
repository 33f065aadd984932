import { z } from 'zod'
import { firstUser } from '../accounts/queries/identity.ts'
import { nothing, ok } from '../contract/operation.ts'
import { ifReadable } from '../database/if-readable.ts'
import { wireMillis } from '../lib/time.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { WorldName, WorldWish } from '../worlds/wish.ts'
import { controlOperation } from './operation.ts'

const WorldWire = z.strictObject({
  name: z.string(),
  /** Where clients find this world whatever credentials they show. */
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
})

/**
 * A world with what its clients need.
 * @param host scheme and host as clients see them.
 * @internal
 */
export function renderWorld(emulator: Emulator, host: string, world: OpenWorld): z.input<typeof WorldWire> {
  const { accessKey = null, secretKey = null, token = null } = emulator.worlds.credentialsOf(world)
  // Listed though its database may be broken: it has to be found to be deleted.
  const project = ifReadable(() => firstUser(world.db))?.project
  return {
    name: world.name,
    endpoint: `${host}/w/${world.name}`,
    scenario: world.scenario.scenario,
    seed: world.scenario.seed,
    auth: world.auth.mode,
    time: wireMillis(world.clock.now()),
    region: project?.region ?? '',
    project_id: project?.id ?? '',
    access_key: accessKey,
    secret_key: secretKey,
    token,
  }
}

export const createWorld = controlOperation({
  id: 'ControlCreateWorld',
  method: 'POST',
  path: '/_ims/worlds',
  summary:
    'Make an isolated cloud; it is reached under /w/{name}, with its own credentials, or with the header X-Ims-World',
  request: z.object({ body: WorldWish.default({}) }),
  responses: { 201: WorldWire },
  handle: ({ emulator, host }, { body }) => ({
    status: 201,
    body: renderWorld(emulator, host, emulator.worlds.create(body)),
  }),
})

export const listWorlds = controlOperation({
  id: 'ControlListWorlds',
  method: 'GET',
  path: '/_ims/worlds',
  summary: 'The worlds there are, with what their clients need',
  request: nothing,
  responses: { 200: z.strictObject({ worlds: z.array(WorldWire) }) },
  handle: ({ emulator, host }) =>
    ok({ worlds: emulator.worlds.all().map((world) => renderWorld(emulator, host, world)) }),
})

const WorldParams = z.object({ world: z.string() })

export const showWorld = controlOperation({
  id: 'ControlShowWorld',
  method: 'GET',
  path: '/_ims/worlds/{world}',
  summary: 'One world, with what its clients need',
  request: z.object({ params: WorldParams }),
  responses: { 200: WorldWire },
  handle: ({ emulator, host }, { params }) =>
    ok(renderWorld(emulator, host, emulator.worlds.named(params.world))),
})

export const forkWorld = controlOperation({
  id: 'ControlForkWorld',
  method: 'POST',
  path: '/_ims/fork',
  summary: 'Make a world that goes on from where this one stands: its images, jobs, rules and clock',
  request: z.object({ body: z.strictObject({ name: WorldName.optional() }).default({}) }),
  responses: { 201: WorldWire },
  handle: ({ emulator, world, host }, { body }) => ({
    status: 201,
    body: renderWorld(emulator, host, emulator.worlds.fork(world.name, body.name)),
  }),
})

export const deleteWorld = controlOperation({
  id: 'ControlDeleteWorld',
  method: 'DELETE',
  path: '/_ims/worlds/{world}',
  summary: 'Delete a world and all that is in it',
  request: z.object({ params: WorldParams }),
  responses: { 204: null },
  handle({ emulator }, { params }) {
    emulator.worlds.remove(params.world)
    return { status: 204 }
  },
})
