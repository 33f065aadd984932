import { expect } from 'vitest'
import { replay } from '../../src/client/replay/replay.ts'
import { type TestEmulator, test } from '../emulator.ts'
import { faults, firstOf, played, recorded } from '../played.ts'
import { asPartner } from '../private-image.ts'
import { askForToken, byAgency, PROJECT_SCOPE, tokenOf } from '../services/iam/requests.ts'

const worlds = async (emulator: TestEmulator) =>
  (await emulator.get('/_ims/worlds')).body.worlds.map(({ name }: { name: string }) => name)

test('a request with a password is left out, with the reason', async ({ emulator }) => {
  await emulator.post('/v3/auth/tokens', {
    auth: { identity: { methods: ['password'], password: { user: { name: 'demo', password: 'wrong' } } } },
  })
  const all = await played(emulator, await recorded(emulator))
  expect(all.map(({ leftOut, differences }) => [leftOut, differences])).toEqual([
    ['a secret was in it, which the journal does not keep', []],
  ])
})

test('a request under an agency is left out, with the reason', async ({ emulator }) => {
  const asked = await askForToken(emulator, byAgency(), PROJECT_SCOPE, asPartner)
  await emulator.get('/v1/cloudimages/quota', { token: tokenOf(asked) })
  const all = await played(emulator, await recorded(emulator))
  expect(all.at(-1)).toMatchObject({ leftOut: 'it was sent under an agency', differences: [] })
})

test('requests of a user that a left-out request created are left out', async ({ emulator }) => {
  const user = { id: 'u', name: 'newcomer-2', project_id: emulator.projectId, roles: ['te_admin'] }
  await emulator.post('/_ims/fixtures', { users: [{ ...user, token: 'their-token' }] })
  await emulator.get('/v1/cloudimages/quota', { token: 'their-token' })
  await emulator.get('/v1/cloudimages/quota')
  const all = await played(emulator, await recorded(emulator))
  expect(all.map(({ leftOut, differences }) => [leftOut, differences])).toEqual([
    ['a secret was in it, which the journal does not keep', []],
    [expect.stringMatching(/^who sent it is not there: no user is called u; there are: /), []],
    [undefined, []],
  ])
})

test('a request that fetch cannot send is left out, with the reason', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  const recording = await recorded(emulator)
  const requests = recording.requests.map((each) => ({ ...each, text: 'a body' }))
  expect(faults(await played(emulator, { ...recording, requests }))).toEqual([
    {
      method: 'GET',
      path: '/v1/cloudimages/quota',
      differences: [],
      leftOut: expect.stringMatching(/^fetch cannot send it: /),
    },
  ])
})

test('the world of a replay is deleted, also when the replay is ended early', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  const recording = await recorded(emulator)
  await played(emulator, recording)
  expect(await worlds(emulator)).toEqual(['default'])
  const request = firstOf(recording)
  const broken = { ...recording, requests: [{ ...request, at: 'never' }] }
  await expect(played(emulator, broken)).rejects.toThrow()
  expect(await worlds(emulator)).toEqual(['default'])
})

test('the world of a replay is deleted when its iterator is abandoned', async ({ emulator }) => {
  await emulator.get('/v1/cloudimages/quota')
  await emulator.get('/v1/cloudimages/quota')
  for await (const _first of replay(await recorded(emulator), emulator.url)) break
  expect(await worlds(emulator)).toEqual(['default'])
})
