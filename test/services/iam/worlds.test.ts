import { expect, test } from '../../emulator.ts'
import { byPassword, tokenOf } from './requests.ts'

const DEMO = { name: 'demo', domain: { name: 'demo' } }

test('addresses of the catalogue have the path prefix of the world that issued the token', async ({
  emulator,
}) => {
  await emulator.post('/_ims/worlds', { name: 'other' })
  const auth = { identity: byPassword(DEMO), scope: { project: { name: 'cn-north-4' } } }
  const issued = await emulator.post('/w/other/v3/auth/tokens', { auth }, { token: null })
  expect(issued.status).toBe(201)
  const base = `${emulator.url}/w/other`
  const urls = issued.body.token.catalog.flatMap(({ endpoints }: { endpoints: { url: string }[] }) =>
    endpoints.map(({ url }) => url),
  )
  expect(urls).toEqual([`${base}/v3`, `${base}/v3`, base, base, base, base])
  const token = issued.headers.get('x-subject-token') ?? ''
  const projects = await emulator.get('/w/other/v3/projects?name=cn-north-4', { token })
  expect(projects.body.links.self).toBe(`${base}/v3/projects?name=cn-north-4`)
  expect(projects.body.projects[0].links.self).toBe(`${base}/v3/projects/${projects.body.projects[0].id}`)
  const version = await emulator.get('/w/other/v3', { token: null })
  expect(version.body.version.links).toEqual([{ rel: 'self', href: `${base}/v3/` }])
})

test('a token is valid only in the world that issued it, even beside a world of the same seed', async ({
  emulator,
}) => {
  const tokenIn = async (world: string) => {
    await emulator.post('/_ims/worlds', { name: world, auth: 'strict' })
    const auth = { identity: byPassword(DEMO), scope: { project: { name: 'cn-north-4' } } }
    const issued = await emulator.post(`/w/${world}/v3/auth/tokens`, { auth }, { token: null })
    return tokenOf(issued)
  }
  const statusIn = async (world: string, token: string) => {
    const headers = { 'X-Subject-Token': token }
    return (await emulator.get(`/w/${world}/v3/auth/tokens`, { token, headers })).status
  }
  const other = await tokenIn('other')
  const third = await tokenIn('third')
  const statuses = [await statusIn('other', other), await statusIn('third', other)]
  expect([...statuses, await statusIn('third', third), await statusIn('other', third)]).toEqual([
    200, 401, 200, 401,
  ])
})

test('worlds of the same seed issue different temporary access keys', async ({ emulator }) => {
  const keyIn = async (world: string) => {
    await emulator.post('/_ims/worlds', { name: world })
    const auth = { identity: { methods: ['token'] } }
    const { body } = await emulator.post(`/w/${world}/v3.0/OS-CREDENTIAL/securitytokens`, { auth })
    return body.credential
  }
  const [one, other] = [await keyIn('one'), await keyIn('other')]
  for (const part of ['access', 'secret', 'securitytoken']) expect(one[part]).not.toBe(other[part])
})
