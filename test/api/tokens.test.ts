import { expect } from 'vitest'
import { test } from '../emulator.ts'

test('a token is given without a password, for the demo user unless another is named', async ({
  emulator,
}) => {
  const { status, body } = await emulator.post('/_ims/tokens', {})
  expect([status, body.project_id]).toEqual([201, emulator.projectId])
  const listed = await emulator.get('/v1/cloudimages/quota', { token: body.token })
  expect(listed.status).toBe(200)
  const { requests } = (await emulator.get('/_ims/journal')).body
  expect(requests[0]).toMatchObject({ user_id: body.user_id, project_id: body.project_id })
})

test.for(['user', 'project'] as const)(
  'a %s that nobody knows is refused with the names there are',
  async (what, { emulator }) => {
    const { status, body } = await emulator.post('/_ims/tokens', { [what]: 'nobody' })
    expect([status, body.detail]).toEqual([
      404,
      expect.stringContaining(`no ${what} is called nobody; there are: `),
    ])
  },
)
