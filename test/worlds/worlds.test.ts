import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { scratchFolder, startTestEmulator, test } from '../emulator.ts'
import { addImages, imageId, PARTNER } from '../private-image.ts'
import { PARTNER_DOMAIN, PARTNER_USER } from '../tenants.ts'

const names = (reply: { body: { images: { name: string }[] } }) => reply.body.images.map(({ name }) => name)
const PRIVATE = '/v2/cloudimages?__imagetype=private'
/** The key of the partner's user in fixtures/demo-tenants.yaml, which every world knows. */
const PARTNER_KEY = 'DEMOACCESSKEY0000002'
const signedBy = (accessKey: string) => {
  return { authorization: `SDK-HMAC-SHA256 Access=${accessKey}, SignedHeaders=x-sdk-date, Signature=0` }
}

describe('a world', () => {
  test('is returned with its endpoint and credentials', async ({ emulator }) => {
    const made = await emulator.post('/_ims/worlds', {
      name: 'blue',
      seed: 7,
      scenario: 'instant',
      auth: 'strict',
    })
    expect({ status: made.status, body: made.body }).toEqual({
      status: 201,
      body: {
        name: 'blue',
        endpoint: `${emulator.url}/w/blue`,
        scenario: 'instant',
        seed: 7,
        auth: 'strict',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        region: 'cn-north-4',
        project_id: emulator.projectId,
        access_key: expect.stringMatching(/^[A-Z0-9]{20}$/),
        secret_key: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
        token: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
        users: expect.objectContaining({
          demo: expect.objectContaining({ access_key: made.body.access_key, token: made.body.token }),
          partner: {
            user_id: PARTNER_USER,
            project_id: PARTNER,
            domain_id: PARTNER_DOMAIN,
            access_key: expect.stringMatching(/^[A-Z0-9]{20}$/),
            secret_key: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
            token: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
          },
        }),
      },
    })
    const names = ['demo', 'partner', 'demo-east', 'reader', 'newcomer']
    expect(Object.keys(made.body.users)).toEqual(names)
    expect((await emulator.get('/_ims/worlds/blue')).body).toEqual(made.body)
    const { worlds } = (await emulator.get('/_ims/worlds')).body
    expect(worlds.map(({ name }: { name: string }) => name)).toEqual(['default', 'blue'])
  })

  test('is found by the path, by its own credentials, and by the header', async ({ emulator }) => {
    const { token, access_key } = (await emulator.post('/_ims/worlds', { name: 'blue' })).body
    await emulator.post('/_ims/worlds/blue/fixtures', {
      images: [
        { imagetype: 'private', id: imageId(1), name: 'in blue', owner: emulator.projectId, attributes: {} },
      ],
    })
    expect(names(await emulator.get(`/w/blue${PRIVATE}`))).toEqual(['in blue'])
    expect(names(await emulator.get(PRIVATE, { token }))).toEqual(['in blue'])
    expect(names(await emulator.get(PRIVATE, { headers: { 'X-Ims-World': 'blue' } }))).toEqual(['in blue'])
    for (const credential of [`Access=${access_key}`, `Credential=${access_key}/20240506///sdk_request`]) {
      const authorization = `SDK-HMAC-SHA256 ${credential}, SignedHeaders=x-sdk-date, Signature=0`
      expect(names(await emulator.get(PRIVATE, { token: null, headers: { authorization } }))).toEqual([
        'in blue',
      ])
    }
    expect(names(await emulator.get(PRIVATE))).toEqual([])
  })

  test('has credentials of its own for every user, which find the world without its path', async ({
    emulator,
  }) => {
    const [blue, green] = await Promise.all(
      ['blue', 'green'].map(async (name) => (await emulator.post('/_ims/worlds', { name })).body),
    )
    for (const [world, own] of [
      ['blue', blue.users.partner],
      ['green', green.users.partner],
    ]) {
      const image = { imagetype: 'private', id: imageId(1), name: `in ${world}`, owner: PARTNER }
      await emulator.post(`/_ims/worlds/${world}/fixtures`, { images: [image] })
      expect(names(await emulator.get(PRIVATE, { token: own.token }))).toEqual([`in ${world}`])
      expect(names(await emulator.get(PRIVATE, { token: null, headers: signedBy(own.access_key) }))).toEqual([
        `in ${world}`,
      ])
    }
    const { default: home } = Object.fromEntries(
      (await emulator.get('/_ims/worlds')).body.worlds.map((world: { name: string }) => [world.name, world]),
    )
    expect(home.users.partner).toMatchObject({ token: 'partner-token', access_key: PARTNER_KEY })
  })

  test('gives a user that is added to it credentials too, and its copy has others', async ({ emulator }) => {
    await emulator.post('/_ims/worlds', { name: 'blue', auth: 'strict' })
    const user = { id: 'late', name: 'partner', project_id: emulator.projectId, roles: ['te_admin'] }
    expect((await emulator.post('/_ims/worlds/blue/fixtures', { users: [user] })).status).toBe(201)
    const { users } = (await emulator.get('/_ims/worlds/blue')).body
    // Another user has the name already.
    expect(users.late).toMatchObject({ user_id: 'late', project_id: emulator.projectId })
    const copy = (await emulator.post('/_ims/worlds/blue/fork', { name: 'copy' })).body
    expect(copy.users.late.token).not.toBe(users.late.token)
    await emulator.post('/_ims/worlds/blue/fixtures', {
      images: [{ imagetype: 'private', id: imageId(1), name: 'in blue', owner: emulator.projectId }],
    })
    expect(names(await emulator.get(PRIVATE, { token: users.late.token }))).toEqual(['in blue'])
    expect(names(await emulator.get(PRIVATE, { token: copy.users.late.token }))).toEqual([])
  })

  test('is not guessed for an access key that several worlds know: the refusal names them', async ({
    emulator,
  }) => {
    const sent = { token: null, headers: signedBy(PARTNER_KEY) }
    expect((await emulator.get(PRIVATE, sent)).status).toBe(200)
    await emulator.post('/_ims/worlds', { name: 'blue' })
    const refused = await emulator.get(PRIVATE, sent)
    expect(refused.status).toBe(401)
    expect(refused.body.error_code).toBe('APIGW.0301')
    expect(refused.body.error_msg).toContain(`ak ${PARTNER_KEY} is known in several worlds (default, blue)`)
    expect((await emulator.get('/_ims/journal?limit=1')).body.requests[0]).toMatchObject({
      path: PRIVATE,
      status: 401,
      code: 'APIGW.0301',
    })
    for (const world of ['default', 'blue']) {
      expect((await emulator.get(`/w/${world}${PRIVATE}`, sent)).status).toBe(200)
      const headers = { ...sent.headers, 'X-Ims-World': world }
      expect((await emulator.get(PRIVATE, { token: null, headers })).status).toBe(200)
    }
    // The key of the banner is the default world's own, and one that no world knows acts as its demo user.
    for (const key of ['DEMOACCESSKEY0000001', 'NOBODYSKEY'])
      expect((await emulator.get(PRIVATE, { token: null, headers: signedBy(key) })).status).toBe(200)
    await emulator.delete('/_ims/worlds/blue')
    expect((await emulator.get(PRIVATE, sent)).status).toBe(200)
  })

  test('is isolated from others in time, rights and images', async ({ emulator }) => {
    await emulator.post('/_ims/worlds', { name: 'strict', auth: 'strict' })
    await emulator.post('/_ims/worlds', { name: 'lenient' })
    await emulator.request('POST', '/_ims/worlds/strict/clock/advance', {
      json: { to: '2040-01-01T00:00:00Z' },
    })
    expect((await emulator.get('/w/strict/_ims/clock')).body.now).toBe('2040-01-01T00:00:00.000Z')
    expect((await emulator.get('/_ims/worlds/lenient/clock')).body.now).not.toMatch(/^2040/)
    const anybody = { token: 'anybody' }
    expect((await emulator.get('/w/strict/v2/cloudimages', anybody)).status).toBe(401)
    expect((await emulator.get('/w/lenient/v2/cloudimages', anybody)).status).toBe(200)
    await addImages(emulator, { name: 'at home' })
    expect(names(await emulator.get(`/w/lenient${PRIVATE}`))).toEqual([])
  })

  test('has the same ids as another with the same seed and the same requests', async ({ emulator }) => {
    const run = async (name: string) => {
      await emulator.post('/_ims/worlds', { name, seed: 3 })
      const json = { name: 'x', disk_format: 'raw', container_format: 'bare' }
      const created = await emulator.post(`/w/${name}/v2/images`, json)
      return [created.body.id, created.headers.get('x-request-id')]
    }
    expect(await run('one')).toEqual(await run('two'))
  })

  test('keeps a journal of its own', async ({ emulator }) => {
    await emulator.post('/_ims/worlds', { name: 'blue' })
    await emulator.get('/w/blue/v2/cloudimages?limit=1')
    expect((await emulator.get('/_ims/worlds/blue/journal')).body.requests).toMatchObject([
      { path: '/w/blue/v2/cloudimages?limit=1', operation: 'ListImages' },
    ])
    expect((await emulator.get('/_ims/journal')).body.requests).toEqual([])
  })

  test('is reset to its start, credentials included', async ({ emulator }) => {
    const { token } = (await emulator.post('/_ims/worlds', { name: 'blue' })).body
    await emulator.post('/v2/images', { name: 'x', disk_format: 'raw', container_format: 'bare' }, { token })
    expect((await emulator.post('/_ims/worlds/blue/reset')).status).toBe(204)
    expect(names(await emulator.get(PRIVATE, { token }))).toEqual([])
    expect((await emulator.get('/_ims/worlds/blue')).body.token).toBe(token)
  })

  test('can be deleted', async ({ emulator }) => {
    await emulator.post('/_ims/worlds', { name: 'blue' })
    expect((await emulator.delete('/_ims/worlds/blue')).status).toBe(204)
    for (const path of ['/w/blue/v2/cloudimages', '/_ims/worlds/blue', '/_ims/worlds/blue/clock']) {
      const reply = await emulator.get(path)
      expect({ status: reply.status, detail: reply.body.detail }).toEqual({
        status: 404,
        detail: expect.stringContaining('no world is called blue; there are: default'),
      })
    }
  })

  test.for([
    [{ name: 'default' }, 409, 'a world is called default already; DELETE it first'],
    [{ name: 'Blue!' }, 400, 'name: is up to 63 lower-case letters, digits and hyphens'],
    [{ scenario: 'standart' }, 400, expect.stringContaining('did you mean standard?')],
  ] as const)('%o is refused', async ([wish, status, detail], { emulator }) => {
    const reply = await emulator.post('/_ims/worlds', wish)
    expect({ status: reply.status, detail: reply.body.detail }).toEqual({ status, detail })
    expect((await emulator.get('/_ims/worlds')).body.worlds).toHaveLength(1)
  })

  test('that is the default one cannot be deleted', async ({ emulator }) => {
    expect((await emulator.delete('/_ims/worlds/default')).status).toBe(409)
  })
})

test('worlds on disk survive a restart', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  await using first = await startTestEmulator({ data })
  const made = (await first.post('/_ims/worlds', { name: 'blue', seed: 7 })).body
  await first.post('/w/blue/v2/images', { name: 'kept', disk_format: 'raw', container_format: 'bare' })
  await first.close()
  await using second = await startTestEmulator({ data })
  const { endpoint: _, time: __, ...known } = (await second.get('/_ims/worlds/blue')).body
  expect(made).toMatchObject(known)
  expect((await second.get('/w/blue/v2/images?name=kept')).body.images).toHaveLength(1)
  await second.delete('/_ims/worlds/blue')
  expect(existsSync(join(data, 'worlds', 'blue'))).toBe(false)
})
