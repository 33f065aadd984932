import { z } from 'zod'
import { firstUser } from '../accounts/queries/identity.ts'
import { type Emulator, WorldName, WorldWish } from '../contract/emulator.ts'
import { nothing, ok, operation } from '../contract/operation.ts'
import { ifReadable } from '../database/if-readable.ts'
import { wireMillis } from '../lib/time.ts'
import type { World } from '../simulation/world.ts'

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
export function renderWorld(emulator: Emulator, host: string, world: World): z.input<typeof WorldWire> {
  const { accessKey = null, secretKey = null, token = null } = emulator.credentialsOf(world)
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

export const createWorld = operation({
  id: 'ControlCreateWorld',
  face: 'control',
  method: 'POST',
  path: '/_ims/worlds',
  summary:
    'Make an isolated cloud; it is reached under /w/{name}, with its own credentials, or with the header X-Ims-World',
  request: z.object({ body: WorldWish.default({}) }),
  responses: { 201: WorldWire },
  handle: ({ emulator, host }, { body }) => ({
    status: 201,
    body: renderWorld(emulator, host, emulator.createWorld(body)),
  }),
})

export const listWorlds = operation({
  id: 'ControlListWorlds',
  face: 'control',
  method: 'GET',
  path: '/_ims/worlds',
  summary: 'The worlds there are, with what their clients need',
  request: nothing,
  responses: { 200: z.strictObject({ worlds: z.array(WorldWire) }) },
  handle: ({ emulator, host }) =>
    ok({ worlds: emulator.worlds().map((world) => renderWorld(emulator, host, world)) }),
})

const WorldParams = z.object({ world: z.string() })

export const showWorld = operation({
  id: 'ControlShowWorld',
  face: 'control',
  method: 'GET',
  path: '/_ims/worlds/{world}',
  summary: 'One world, with what its clients need',
  request: z.object({ params: WorldParams }),
  responses: { 200: WorldWire },
  handle: ({ emulator, host }, { params }) => ok(renderWorld(emulator, host, emulator.world(params.world))),
})

export const forkWorld = operation({
  id: 'ControlForkWorld',
  face: 'control',
  method: 'POST',
  path: '/_ims/fork',
  summary: 'Make a world that goes on from where this one stands: its images, jobs, rules and clock',
  request: z.object({ body: z.strictObject({ name: WorldName.optional() }).default({}) }),
  responses: { 201: WorldWire },
  handle: ({ emulator, world, host }, { body }) => ({
    status: 201,
    body: renderWorld(emulator, host, emulator.forkWorld(world, body.name)),
  }),
})

export const deleteWorld = operation({
  id: 'ControlDeleteWorld',
  face: 'control',
  method: 'DELETE',
  path: '/_ims/worlds/{world}',
  summary: 'Delete a world and all that is in it',
  request: z.object({ params: WorldParams }),
  responses: { 204: null },
  handle({ emulator }, { params }) {
    emulator.deleteWorld(params.world)
    return { status: 204 }
  },
})
