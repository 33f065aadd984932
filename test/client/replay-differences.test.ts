import { expect } from 'vitest'
import { test } from '../emulator.ts'
import { faults, firstOf, played, recorded } from '../played.ts'

test('a changed answer is reported with its place', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  const recording = await recorded(emulator)
  const request = firstOf(recording)
  const changed = { ...recording, requests: [{ ...request, answer: { ...request.answer, status: 201 } }] }
  const [first] = await played(emulator, changed)
  expect(first?.differences).toEqual([{ place: 'status', recorded: 201, now: 200 }])
})

test('another content type is a difference', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  const recording = await recorded(emulator)
  const request = firstOf(recording)
  const requests = [{ ...request, answer: { ...request.answer, content_type: 'text/plain' } }]
  expect(faults(await played(emulator, { ...recording, requests }))).toMatchObject([
    { differences: [{ place: 'content type', recorded: 'text/plain', now: 'application/json' }] },
  ])
})

test('times further apart than the tolerance are a difference', async ({ emulator }) => {
  const { body } = await emulator.post('/v2/images', { disk_format: 'raw', container_format: 'bare' })
  const recording = await recorded(emulator)
  const request = firstOf(recording)
  const created_at = '2020-01-01T00:00:00Z'
  const requests = [{ ...request, answer: { ...request.answer, json: { ...body, created_at } } }]
  expect(faults(await played(emulator, { ...recording, requests }))).toMatchObject([
    { differences: [{ place: 'body.created_at', recorded: created_at, now: body.created_at }] },
  ])
  expect(faults(await played(emulator, { ...recording, requests, tolerance_ms: 1e15 }))).toEqual([])
})

test('answers that are recorded as text are compared', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  const recording = await recorded(emulator)
  const request = firstOf(recording)
  const { json, ...answer } = request.answer
  const requests = [{ ...request, answer: { ...answer, text: 'other' } }]
  expect(faults(await played(emulator, { ...recording, requests }))).toMatchObject([
    { differences: [{ place: 'body', recorded: 'other', now: JSON.stringify(json) }] },
  ])
})

test('answers that are recorded as bytes are compared', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  const recording = await recorded(emulator)
  const request = firstOf(recording)
  const { json, ...answer } = request.answer
  const bytes = Buffer.from(JSON.stringify(json)).toString('base64')
  const differencesTo = async (base64: string) => {
    const requests = [{ ...request, answer: { ...answer, base64 } }]
    return faults(await played(emulator, { ...recording, requests })).flatMap(
      ({ differences }) => differences,
    )
  }
  expect(await differencesTo(bytes)).toEqual([])
  expect(await differencesTo('AP8B')).toEqual([{ place: 'body', recorded: 'AP8B', now: bytes }])
})

test('a recorded scenario swap is replayed without comparing the clock section', async ({ emulator }) => {
  await emulator.post('/_ims/worlds', {
    name: 'blue',
    scenario: { scenario: 'one', summary: 'One.', clock: { rate: 60 } },
  })
  const swapped = await emulator.put('/_ims/worlds/blue/scenario', {
    scenario: 'two',
    summary: 'Two.',
    seed: 4,
    clock: { rate: 60 },
  })
  expect(swapped.body.not_applied).toEqual(['seed'])
  const recording = await recorded(emulator, '/_ims/worlds/blue')
  expect(faults(await played(emulator, recording))).toEqual([])
})
