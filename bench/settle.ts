import { createApp } from '../src/http/router.ts'
import { insertImage } from '../src/services/ims/queries/images.ts'
import { planFlow } from '../src/simulation/flow.ts'
import { insertJob } from '../src/simulation/queries/jobs.ts'
import { countPlannedSteps, insertStep } from '../src/simulation/queries/steps.ts'
import { settle } from '../src/simulation/settle.ts'
import type { World } from '../src/simulation/world.ts'
import { type Emulator, openEmulator } from '../src/worlds/emulator.ts'

/** Number of planned steps in the measured year. */
const STEPS = 100_000
const YEAR = 365 * 86_400_000
const FLOW = 'import-image'
const PROJECT = 'bench'

/** Plans the steps of imports, spread evenly over a year. */
function plan(world: World): void {
  const flow = world.scenario.flows[FLOW] ?? []
  const steps = planFlow(flow, { pace: 1, draw: (from) => from })
  const jobs = Math.ceil(STEPS / steps.length)
  const start = world.clock.now()
  for (let n = 0; n < jobs; n++) {
    const begin = start + Math.floor((n * (YEAR - 3_600_000)) / jobs)
    const imageId = world.chance.uuid('image')
    const id = world.chance.hexId('job')
    insertImage(world.db, {
      id: imageId,
      owner: PROJECT,
      name: `image ${n}`,
      status: 'queued',
      visibility: 'private',
      imageType: 'private',
      protected: false,
      minDisk: 40,
      minRam: 0,
      createdAt: begin,
      updatedAt: begin,
      attributes: {},
    })
    insertJob(world.db, {
      id,
      type: 'imsImportImageJob',
      projectId: PROJECT,
      flow: FLOW,
      status: 'INIT',
      beginAt: begin,
      progress: 0,
      imageId,
    })
    for (const { after, effect } of steps) insertStep(world.db, { dueAt: begin + after, jobId: id, effect })
  }
}

/** Advances a new world by a year; returns the duration in ms. */
async function measure(go: (emulator: Emulator) => unknown): Promise<number> {
  const emulator = openEmulator({ clock: { rate: 0 } })
  const world = emulator.worlds.default
  world.db.transaction(() => plan(world))
  const before = performance.now()
  await go(emulator)
  const ms = performance.now() - before
  if (countPlannedSteps(world.db) > 0) throw new Error('something is still planned')
  emulator.close()
  return ms
}

/** Advances by a year once in process and once over HTTP, where the answer lists every step. */
export async function settlingLine(): Promise<string> {
  const settling = await measure((emulator) => {
    const world = emulator.worlds.default
    world.clock.advanceTo(world.clock.now() + YEAR)
    settle(world, (fault) => {
      throw fault
    })
  })
  const answering = await measure(async (emulator) => {
    const body = JSON.stringify({ by: '365d' })
    const headers = { 'Content-Type': 'application/json' }
    const request = new Request('http://localhost/_ims/clock/advance', { method: 'POST', headers, body })
    await (await createApp(emulator).fetch(request)).text()
  })
  return `A year with ${STEPS} planned steps: settled in ${Math.round(settling)} ms, advanced over HTTP in ${Math.round(answering)} ms.`
}
