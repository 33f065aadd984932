import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { imageOfServer } from '../src/server-image.ts'
import { type Emulator, startEmulator } from './emulator.ts'
import { makeWorld, type World } from './world.ts'

const order = { name: 'golden', instance_id: '10000000-0000-4000-8000-000000000001' } // one of the servers of every new world

let emulator: Emulator
let world: World

before(async () => {
  emulator = await startEmulator()
})
after(() => emulator?.stop())

beforeEach(async () => {
  world = await makeWorld(emulator.url)
})
afterEach(() => world?.delete())

const goOn = (ms: number) => world.advance(`${ms}ms`)

test('the image is active when its job is done, without real waiting', async () => {
  const id = await imageOfServer(world, order, goOn)

  assert.partialDeepStrictEqual(await world.get(`/v2/images/${id}`), { name: 'golden', status: 'active' })
})

test('a job that fails at 60 % is reported with the error code of the cloud', async () => {
  await world.addRule({
    name: 'bad luck',
    when: { operation: 'CreateImage' },
    then: { job: { fail_at: '60%', error: 'IMG.0057' } },
  })

  await assert.rejects(imageOfServer(world, order, goOn), { code: 'IMG.0057' })

  await world.expectRequests({ operation: 'CreateImage', rule: 'bad luck' }, 1)
})

test('a refused request is not repeated', async () => {
  await world.addRule({ name: 'full', when: {}, then: { quota: { private_images: 0 } } })

  await assert.rejects(imageOfServer(world, order, goOn), { code: 'IMG.0015' })

  await world.expectRequests({ operation: 'CreateImage' }, 1)
  await world.expectRequests({ operation: 'ShowJob' }, 0)
})
