import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, test } from 'vitest'
import { startEmulator } from '../../src/index.ts'

test('each answered request is published on the diagnostics channel, control plane and refusals included', async () => {
  const messages: unknown[] = []
  const follow = (message: unknown) => messages.push(message)
  await using emulator = await startEmulator({ listen: false })
  subscribe('ims-emulator:request', follow)
  try {
    await emulator.fetch('/v2/cloudimages?limit=0')
    await emulator.fetch('/v9/nothing')
    await emulator.fetch('/_ims/clock')
  } finally {
    unsubscribe('ims-emulator:request', follow)
  }
  expect(messages).toMatchObject([
    { world: 'default', method: 'GET', operation: 'ListImages', status: 400, code: 'IMG.0001' },
    { world: 'default', method: 'GET', status: 404, code: 'APIGW.0101' },
    { world: 'default', method: 'GET', operation: 'ControlShowClock', status: 200 },
  ])
  const journalled = await emulator.journal.requests()
  expect(journalled.map(({ operation }) => operation)).toEqual(['ListImages', null])
})
