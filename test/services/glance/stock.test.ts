import { createHash } from 'node:crypto'
import { test as base, describe } from 'vitest'
import { expect, startTestEmulator, type TestEmulator } from '../../emulator.ts'

/** A test with a stock Glance of its own, and its administrator besides tenants a and b. */
const test = base.extend<{ glance: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  glance: async ({}, use) => {
    await using emulator = await startTestEmulator({ glance: 'stock', scenario: 'glance-stock' })
    await use(emulator)
  },
})

const a = { token: 'tok-a' }
const b = { token: 'tok-b' }
const octets = { 'Content-Type': 'application/octet-stream' }
const formats = { disk_format: 'raw', container_format: 'bare' }

async function stagedImage(glance: TestEmulator): Promise<string> {
  const { id } = (await glance.post('/v2/images', formats, a)).body
  const staged = await glance.request('PUT', `/v2/images/${id}/stage`, {
    ...a,
    headers: octets,
    body: 'bytes',
  })
  expect(staged.status).toBe(204)
  return id
}

describe('an import', () => {
  test('makes the image importing and then active as time passes', async ({ glance }) => {
    const id = await stagedImage(glance)
    const show = async () => (await glance.get(`/v2/images/${id}`, a)).body
    expect(await show()).toMatchObject({ status: 'uploading', size: 5, checksum: null })
    const start = () => glance.post(`/v2/images/${id}/import`, { method: { name: 'glance-direct' } }, a)
    expect((await start()).status).toBe(202)
    const task = (await show()).os_glance_import_task
    expect(task).toMatch(/^[0-9a-f-]{36}$/)
    expect((await start()).status).toBe(409)
    await glance.advance('100ms')
    expect(await show()).toMatchObject({
      status: 'importing',
      os_glance_import_task: task,
      os_glance_importing_to_stores: 'fs',
    })
    await glance.advance()
    const image = await show()
    expect(image).toMatchObject({
      status: 'active',
      size: 5,
      virtual_size: 5,
      checksum: createHash('md5').update('bytes').digest('hex'),
      os_hash_value: createHash('sha512').update('bytes').digest('hex'),
      os_glance_importing_to_stores: '',
      os_glance_failed_import: '',
      stores: 'fs',
    })
    expect(image).not.toHaveProperty('os_glance_import_task')
    expect((await glance.get(`/v2/images/${id}/file`, a)).text).toBe('bytes')
    const { tasks } = (await glance.get(`/v2/images/${id}/tasks`, a)).body
    expect(tasks).toMatchObject([{ id: task, status: 'success', result: { image_id: id } }])
  })

  test('fails for bytes from the network, and the image is queued again', async ({ glance }) => {
    const { id } = (await glance.post('/v2/images', formats, a)).body
    const method = { name: 'web-download', uri: 'http://192.0.2.1/disk.raw' }
    expect((await glance.post(`/v2/images/${id}/import`, { method }, a)).status).toBe(202)
    await glance.advance()
    expect((await glance.get(`/v2/images/${id}`, a)).body).toMatchObject({
      status: 'queued',
      size: null,
      os_glance_failed_import: 'fs',
    })
    const { tasks } = (await glance.get(`/v2/images/${id}/tasks`, a)).body
    expect(tasks).toMatchObject([{ status: 'failure', message: 'Task failed due to Internal Error' }])
    await glance.advance('48h')
    expect((await glance.get(`/v2/images/${id}/tasks`, a)).body).toEqual({ tasks: [] })
  })
})

describe('a stock Glance', () => {
  test('refuses tokens that its scenario does not have, before it looks at the path', async ({ glance }) => {
    const reply = await glance.get('/v2/nowhere', { token: 'demo-token' })
    expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([
      401,
      `Keystone uri="${glance.url}"`,
    ])
  })

  test('has no API but its own and the control plane', async ({ glance }) => {
    expect((await glance.get('/v2/cloudimages', a)).status).toBe(404)
    expect((await glance.get('/v1/cloudimages/quota', a)).status).toBe(300)
    expect((await glance.get('/_ims/health', { token: null })).body).toEqual({ status: 'ok' })
    expect((await glance.get('/_ims/nothing', { token: null })).status).toBe(404)
    const { paths } = (await glance.get('/_ims/openapi.json', { token: null })).body
    expect(Object.keys(paths)).toContain('/v2/images/{image_id}/stage')
    expect(Object.keys(paths)).not.toContain('/v2/cloudimages')
  })

  test('returns the request id of the client with the prefix req-', async ({ glance }) => {
    const headers = { 'X-Openstack-Request-Id': 'mine' }
    const reply = await glance.get('/v2/images', { ...a, headers })
    expect(reply.headers.get('x-openstack-request-id')).toBe('req-mine')
  })

  test('lists images in order of creation even while time stands still', async ({ glance }) => {
    for (const name of ['first', 'second', 'third']) await glance.post('/v2/images', { name }, a)
    const { images } = (await glance.get('/v2/images?sort=created_at:asc', a)).body
    expect(images.map(({ name }: { name: string }) => name)).toEqual(['first', 'second', 'third'])
  })

  test('refuses more than 128 tags, 128 properties and 128 members', async ({ glance }) => {
    const many = (n: number, item: (n: number) => string) => Array.from({ length: n }, (_, k) => item(k))
    const tags = many(129, (n) => `tag${n}`)
    expect((await glance.post('/v2/images', { tags }, a)).status).toBe(413)
    const properties = Object.fromEntries(many(129, (n) => `p${n}`).map((name) => [name, 'x']))
    expect((await glance.post('/v2/images', properties, a)).status).toBe(413)
    const { id } = (await glance.post('/v2/images', { tags: tags.slice(1) }, a)).body
    expect((await glance.put(`/v2/images/${id}/tags/tag0`, undefined, a)).status).toBe(413)
    for (const member of many(128, (n) => `m${n}`))
      expect((await glance.post(`/v2/images/${id}/members`, { member }, a)).status).toBe(200)
    expect((await glance.post(`/v2/images/${id}/members`, { member: 'm128' }, a)).status).toBe(413)
  })

  test('shows a deactivated image to all callers and its bytes only to administrators', async ({
    glance,
  }) => {
    const { id } = (await glance.post('/v2/images', { ...formats, visibility: 'community' }, a)).body
    await glance.request('PUT', `/v2/images/${id}/file`, { ...a, headers: octets, body: 'bytes' })
    expect((await glance.post(`/v2/images/${id}/actions/deactivate`, undefined, b)).status).toBe(403)
    expect((await glance.post(`/v2/images/${id}/actions/deactivate`, undefined, a)).status).toBe(204)
    expect((await glance.get(`/v2/images/${id}`, b)).body).toMatchObject({ status: 'deactivated' })
    expect((await glance.get(`/v2/images/${id}/file`, a)).status).toBe(403)
    expect((await glance.get(`/v2/images/${id}/file`, { token: 'tok-admin' })).text).toBe('bytes')
  })
})
