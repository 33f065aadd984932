import { demoCaller } from '../accounts/caller.ts'
import { handle, ok } from '../contract/operation.ts'
import { ifReadable } from '../database/open.ts'
import { ControlError } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/status.ts'

const health = handle(contract.health, () => ok({ status: 'ok' }))

const ready = handle(contract.ready, ({ world }: ControlCall) => {
  if (ifReadable(() => demoCaller(world)) === undefined)
    throw new ControlError(503, `the database of the world ${world.name} cannot be read`)
  return ok({ status: 'ready' })
})

const info = handle(contract.info, ({ emulator, world }: ControlCall) => {
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
})

export const statusOperations = [health, ready, info]
