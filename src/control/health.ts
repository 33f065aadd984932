import { z } from 'zod'
import { demoCaller } from '../accounts/caller.ts'
import { openApiDocument } from '../contract/openapi.ts'
import { nothing, ok } from '../contract/operation.ts'
import { wireMillis } from '../lib/time.ts'
import { controlOperation } from './operation.ts'

const Health = z.object({ status: z.literal('ok') })

export const health = controlOperation({
  id: 'ControlHealth',
  forProbes: true,
  method: 'GET',
  path: '/_ims/health',
  summary: 'Whether the process is alive',
  request: nothing,
  responses: { 200: Health },
  handle: () => ok({ status: 'ok' }),
})

export const ready = controlOperation({
  id: 'ControlReady',
  forProbes: true,
  method: 'GET',
  path: '/_ims/ready',
  summary: 'Whether requests are answered: the database of the default world can be read',
  request: nothing,
  responses: { 200: z.object({ status: z.literal('ready') }) },
  handle(call) {
    demoCaller(call.world)
    return ok({ status: 'ready' })
  },
})

const Info = z.object({
  name: z.literal('ims-emulator'),
  version: z.string(),
  worlds: z.array(z.string()),
  scenario: z.string(),
  pace: z.union([z.number(), z.literal('instant')]),
  region: z.string(),
  project_id: z.string(),
  state: z.string(),
  buckets: z.array(z.string()),
  time: z.string(),
})

export const info = controlOperation({
  id: 'ControlInfo',
  method: 'GET',
  path: '/_ims/info',
  summary: 'Version, worlds, scenario, where state is kept',
  request: nothing,
  responses: { 200: Info },
  handle({ emulator, world }) {
    const demo = demoCaller(world)
    return ok({
      name: 'ims-emulator',
      version: emulator.version,
      worlds: emulator.worlds.all().map(({ name }) => name),
      scenario: world.scenario.scenario,
      pace: world.scenario.pace,
      region: demo.region,
      project_id: demo.projectId,
      state: emulator.dataDirectory ?? 'memory',
      buckets: world.buckets.list(),
      time: wireMillis(world.clock.now()),
    })
  },
})

export const openapi = controlOperation({
  id: 'ControlOpenApi',
  method: 'GET',
  path: '/_ims/openapi.json',
  summary: 'This API as an OpenAPI document',
  request: nothing,
  responses: { 200: z.looseObject({ openapi: z.string(), paths: z.looseObject({}) }) },
  handle: ({ emulator: { version }, services, base }) =>
    ok(openApiDocument(services, { version, url: base })),
})

export const reset = controlOperation({
  id: 'ControlReset',
  method: 'POST',
  path: '/_ims/reset',
  summary: "Back to the start of the scenario: same seed, same ids; bucket folders are the user's and stay",
  request: nothing,
  responses: { 204: null },
  handle({ emulator, world }) {
    emulator.worlds.reset(world.name)
    return { status: 204 }
  },
})
