import { describe, expect, test } from 'vitest'
import { createApp } from '../../../src/http/router.ts'
import { services } from '../../../src/services/index.ts'
import { openEmulator } from '../../../src/worlds/emulator.ts'
import { bell } from './service.ts'

const PROJECT = '0605767a9500d5ed2fb3c00a8e3a0d4c'

/** An emulator of the cloud with one more service: its folder, and its place in the list. */
function withBells() {
  const emulator = openEmulator({ services: [...services.huawei, bell], validateResponses: true })
  const app = createApp(emulator)
  const send = async (method: string, path: string, json?: unknown) => {
    const response = await app.fetch(
      new Request(`http://127.0.0.1${path}`, {
        method,
        headers: { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json' },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      }),
    )
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  return { emulator, send }
}

const BELLS = `/v9/${PROJECT}/bells`

describe('a further service, which is a folder and a line in the list', () => {
  test('answers its operations beside the others', async () => {
    const { send } = withBells()
    const made = await send('POST', BELLS, { name: 'big' })
    expect(made).toMatchObject({ status: 201, body: { name: 'big' } })
    expect(await send('GET', `${BELLS}/${made.body.id}`)).toEqual({ status: 200, body: made.body })
    expect((await send('GET', '/v2/cloudimages')).status).toBe(200)
  })

  test('refuses in its own form, and the gateway before it in the gateway’s', async () => {
    const { send } = withBells()
    expect(await send('POST', BELLS, {})).toEqual({
      status: 400,
      body: { bell_error: 'BEL.0001', text: 'The bell has no name.' },
    })
    expect(await send('GET', `${BELLS}/none`)).toMatchObject({
      status: 404,
      body: { bell_error: 'BEL.0002' },
    })
    expect(await send('DELETE', BELLS)).toMatchObject({ status: 405, body: { error_code: 'APIGW.0103' } })
  })

  test('is in the journal with its codes and the fields that it does not read', async () => {
    const { send } = withBells()
    await send('GET', `${BELLS}/none?colour=red`)
    const { requests } = (await send('GET', '/_ims/journal')).body
    expect(requests).toMatchObject([{ operation: 'ShowBell', code: 'BEL.0002', unread: ['query.colour'] }])
  })

  test('obeys rules by its name, its resources and its error codes', async () => {
    const { send } = withBells()
    const { id } = (await send('POST', BELLS, { name: 'big' })).body
    const rules = [
      {
        name: 'service',
        when: { operation: 'service:bell', query: { loud: 'yes' } },
        then: { error: 'BEL.0003' },
      },
      {
        name: 'resource',
        when: { operation: 'ShowBell', resource: { name: 'big' } },
        then: { error: 'APIGW.0201' },
      },
    ]
    for (const rule of rules) expect((await send('POST', '/_ims/rules?place=last', rule)).status).toBe(201)
    expect(await send('GET', `${BELLS}/${id}?loud=yes`)).toMatchObject({
      status: 403,
      body: { bell_error: 'BEL.0003' },
    })
    expect(await send('GET', `${BELLS}/${id}`)).toMatchObject({ body: { error_code: 'APIGW.0201' } })
  })

  test('has jobs that run over virtual time, and that rules let fail', async () => {
    const { send } = withBells()
    const { id } = (await send('POST', BELLS, { name: 'big' })).body
    const rung = async () => (await send('GET', `${BELLS}/${id}`)).body.rung
    await send('PATCH', '/_ims/clock', { frozen: true })
    expect((await send('POST', `${BELLS}/${id}/ring`)).status).toBe(202)
    expect(await rung()).toBe(0)
    await send('POST', '/_ims/clock/advance', { until: 'idle' })
    expect(await rung()).toBe(1)
    const rule = { name: 'rope', when: { operation: 'RingBell' }, then: { job: { fail_at: '50%' } } }
    expect((await send('POST', '/_ims/rules', rule)).status).toBe(201)
    await send('POST', `${BELLS}/${id}/ring`)
    await send('POST', '/_ims/clock/advance', { until: 'idle' })
    expect(await rung()).toBe(1)
    const { happened } = (await send('GET', '/_ims/timeline')).body
    expect(happened.at(-1)).toMatchObject({ job_type: 'ringBellJob', event: 'failed', error: 'BEL.0002' })
  })

  test('is explained by /_ims/authorize, and refuses who has no right to it', async () => {
    const { send } = withBells()
    const { id } = (await send('POST', BELLS, { name: 'big' })).body
    const question = { user: 'demo', method: 'GET', path: `${BELLS}/${id}` }
    expect((await send('POST', '/_ims/authorize', question)).body).toMatchObject({
      actions: [{ action: 'bell:bells:get' }],
    })
  })

  test('stands in the catalogue and in the OpenAPI document', async () => {
    const { send } = withBells()
    const document = (await send('GET', '/_ims/openapi.json')).body
    expect(document.tags).toContainEqual({ name: 'Bells', description: 'Bells on a wall.' })
    expect(document.paths['/v9/{project_id}/bells'].post.operationId).toBe('CreateBell')
    const { catalog } = (await send('GET', '/v3/auth/catalog')).body
    expect(catalog.map(({ type }: { type: string }) => type)).toContain('bell')
  })
})
