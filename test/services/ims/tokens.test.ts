import { test as plain } from 'vitest'
import { EAST } from '../../demo-world.ts'
import { expect, test } from '../../emulator.ts'
import { PARTNER } from '../../private-image.ts'
import { startScenario } from '../../scenario.ts'
import { PARTNER_USER, strictTest } from '../../tenants.ts'
import { DEMO_USER } from '../iam/requests.ts'

test('a token is issued without a password, for the demo user by default', async ({ emulator }) => {
  const { status, body } = await emulator.post('/_ims/tokens', {})
  expect([status, body.project_id]).toEqual([201, emulator.projectId])
  const listed = await emulator.get('/v1/cloudimages/quota', { token: body.token })
  expect(listed.status).toBe(200)
  const { requests } = (await emulator.get('/_ims/journal')).body
  expect(requests[0]).toMatchObject({ user_id: body.user_id, project_id: body.project_id })
})

test.for(['user', 'project'] as const)(
  'an unknown %s is refused with a list of the known names',
  async (what, { emulator }) => {
    const { status, body } = await emulator.post('/_ims/tokens', { [what]: 'nobody' })
    expect([status, body.detail]).toEqual([
      404,
      expect.stringContaining(`no ${what} is called nobody; there are: `),
    ])
  },
)

test.for([
  ['for a user and a project by name', { user: 'partner', project: 'cn-north-4' }, PARTNER_USER, PARTNER],
  ['for a user and a project by id', { user: PARTNER_USER, project: PARTNER }, PARTNER_USER, PARTNER],
  ['for another project of the user', { project: 'cn-east-3' }, DEMO_USER, EAST.project],
] as const)('a token is issued %s', async ([_how, whose, user_id, project_id], { emulator }) => {
  const { status, body } = await emulator.post('/_ims/tokens', whose)
  expect([status, body]).toEqual([
    201,
    { token: expect.any(String), user_id, project_id, expires_at: expect.any(String) },
  ])
  await emulator.get('/v1/cloudimages/quota', { token: body.token })
  const { requests } = (await emulator.get('/_ims/journal')).body
  expect(requests[0]).toMatchObject({ status: 200, user_id, project_id })
})

test('a project of another domain is refused as unknown to the user', async ({ emulator }) => {
  const { status, body } = await emulator.post('/_ims/tokens', { user: 'demo', project: PARTNER })
  expect([status, body.detail]).toEqual([404, expect.stringContaining(`no project is called ${PARTNER}`)])
})

strictTest("a token is valid for 24 hours of the world's clock in strict mode", async ({ emulator }) => {
  const { body } = await emulator.post('/_ims/tokens', {})
  const { now } = (await emulator.get('/_ims/clock')).body
  expect(Date.parse(body.expires_at) - Date.parse(now)).toBe(24 * 3600 * 1000)
  const ask = async () => (await emulator.get('/v1/cloudimages/quota', { token: body.token })).status
  expect(await ask()).toBe(200)
  await emulator.advance('25h')
  expect(await ask()).toBe(401)
})

plain('a world without users refuses tokens and says why', async () => {
  await using emulator = await startScenario({ fixtures: [] })
  const { status, body } = await emulator.post('/_ims/tokens', {})
  expect([status, body.detail]).toEqual([409, 'the world has no users; its fixtures say who there is'])
})
