import { expect } from 'vitest'
import { type TestEmulator, test } from '../emulator.ts'

async function someRequests(emulator: TestEmulator): Promise<void> {
  await emulator.get('/v2/cloudimages?limit=1')
  await emulator.get('/v2/images/none')
  await emulator.get('/v2/cloudimages?limit=2')
}

test.for([
  [{ requests: { operation: 'ListImages' }, exactly: 2 }, 2, []],
  [{ requests: { operation: 'List*', path: '*limit=2' }, exactly: 1 }, 1, []],
  [{ requests: { status: 404 }, at_least: 1, at_most: 1 }, 1, []],
  [{ requests: { method: ['POST', 'PUT'] }, never: true }, 0, []],
  [{ requests: {}, exactly: 2 }, 3, ['found 3 such requests, meant exactly 2']],
  [{ requests: { operation: 'ListImages' }, at_least: 3 }, 2, ['found 2 such requests, meant at least 3']],
  [{ requests: { operation: 'ListImages' }, at_most: 1 }, 2, ['found 2 such requests, meant at most 1']],
  [{ requests: { operation: 'ListImages' }, never: true }, 2, ['found 2 such requests, meant none']],
  [{ in_order: [{ operation: 'ListImages' }, { status: 404 }, { operation: 'ListImages' }] }, 3, []],
  [
    { in_order: [{ status: 404 }, { status: 404 }] },
    3,
    ['found no request like {"status":404} after {"status":404}'],
  ],
] as const)('%j counts %i', async ([claim, count, failures], { emulator }) => {
  await someRequests(emulator)
  const { status, body } = await emulator.post('/_ims/journal/verify', claim)
  expect({ status, body }).toEqual({
    status: 200,
    body: { verified: failures.length === 0, count, failures },
  })
})

test('an empty claim is refused', async ({ emulator }) => {
  const reply = await emulator.post('/_ims/journal/verify', { requests: { operation: 'ListImages' } })
  expect([reply.status, reply.body.detail]).toEqual([
    400,
    'says nothing; send exactly, at_least, at_most, never or in_order',
  ])
})

test.for([
  [{ requests: { operation: 'ShowJobProgres' }, never: true }],
  [{ in_order: [{ operation: 'ListImages' }, { operation: ['ShowJob', 'ShowJobProgres'] }] }],
])('a claim about an operation that does not exist is refused: %j', async ([claim], { emulator }) => {
  const reply = await emulator.post('/_ims/journal/verify', claim)
  expect([reply.status, reply.body.detail]).toEqual([
    400,
    'ShowJobProgres is no operation; did you mean ShowJobProgress?',
  ])
})

test('a pattern that matches no operation is refused by GET /_ims/journal, too', async ({ emulator }) => {
  const reply = await emulator.get('/_ims/journal?operation=Shw*')
  expect([reply.status, reply.body.detail]).toEqual([400, 'Shw* fits no operation'])
})
