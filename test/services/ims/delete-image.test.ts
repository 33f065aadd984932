import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import { BACKUP, ended, imageNames, jobOf, madeImage, PUBLIC_IMAGE, SERVER } from '../../demo-world.ts'
import { expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { addImages, asPartner, expectRefusal, imageId, PARTNER } from '../../private-image.ts'
import { failingFlow, startScenario } from '../../scenario.ts'
import { connect } from '../../wire/http.ts'

const wholeOf = (emulator: TestEmulator, body: object) =>
  emulator.post('/v1/cloudimages/wholeimages/action', { name: 'whole', ...body })
const fromCbr = { backup_id: BACKUP.cbr, whole_image_type: 'CBR' }

test('a deleted image is neither listed nor found, and a second deletion is refused', async ({
  emulator,
}) => {
  const id = await emulator.importImage()
  const reply = await emulator.delete(`/v2/images/${id}`)
  expect([reply.status, reply.text]).toEqual([204, ''])
  expect((await emulator.get(`/v2/cloudimages?id=${id}`)).body).toEqual({ images: [] })
  expect((await emulator.get(`/v2/images/${id}`)).status).toBe(404)
  expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(404)
})

test('a shared image can be deleted and disappears for its members', async ({ emulator }) => {
  const [id = ''] = await addImages(emulator, { members: [{ project_id: PARTNER }] })
  expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
  expect((await emulator.get(`/v2/cloudimages?id=${id}`, asPartner)).body).toEqual({ images: [] })
})

test('an image can be deleted while it is copied, and the copy succeeds', async ({ emulator }) => {
  const id = await emulator.importImage()
  const copy = await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' })
  expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
  expect((await ended(emulator, copy)).status).toBe('SUCCESS')
  expect(await imageNames(emulator)).toEqual(['copy'])
})

test('an image without bytes can be deleted, also with a body without delete_backup', async ({
  emulator,
}) => {
  for (const body of [undefined, {}, { delete_backup: false }]) {
    const { id } = (await emulator.post('/v2/images', { name: 'described' })).body
    expect((await emulator.delete(`/v2/images/${id}`, body)).status).toBe(204)
  }
})

describe('a whole image that is deleted', () => {
  test('the deletion of a whole image deletes its data disks and keeps the backup for another image', async ({
    emulator,
  }) => {
    const whole = await madeImage(emulator, await wholeOf(emulator, fromCbr))
    expect(await imageNames(emulator)).toHaveLength(3)
    expect((await emulator.delete(`/v2/images/${whole.id}`, { delete_backup: false })).status).toBe(204)
    expect(await imageNames(emulator)).toEqual([])
    jobOf(await wholeOf(emulator, fromCbr))
  })

  test('delete_backup deletes the backup with the whole image', async ({ emulator }) => {
    const whole = await madeImage(emulator, await wholeOf(emulator, fromCbr))
    expect((await emulator.delete(`/v2/images/${whole.id}`, { delete_backup: true })).status).toBe(204)
    expect(await imageNames(emulator)).toEqual([])
    expectRefusal(await wholeOf(emulator, fromCbr), 'IMG.0198')
  })

  test('delete_backup is read from a chunked body, as the Java SDK sends it', async ({ emulator }) => {
    const whole = await madeImage(emulator, await wholeOf(emulator, fromCbr))
    const connection = connect(emulator.url)
    const answer = await connection.send({
      method: 'DELETE',
      path: `/v2/images/${whole.id}`,
      headers: { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json' },
      body: [Buffer.from('{"delete_backup"'), Buffer.from(':true}')],
    })
    connection.close()
    expect([answer.status, answer.body.length]).toEqual([204, 0])
    expect(await imageNames(emulator)).toEqual([])
    expectRefusal(await wholeOf(emulator, fromCbr), 'IMG.0198')
  })

  test('the deletion of the backup frees its space in the vault', async ({ emulator }) => {
    await emulator.post('/_ims/fixtures', {
      vaults: [{ id: 'small', project_id: emulator.projectId, name: 'small', capacity: 340 }],
    })
    const body = { instance_id: SERVER.web, vault_id: 'small' }
    const whole = await madeImage(emulator, await wholeOf(emulator, body))
    expectRefusal(await wholeOf(emulator, body), 'IMG.0182')
    await emulator.delete(`/v2/images/${whole.id}`, { delete_backup: true })
    jobOf(await wholeOf(emulator, body))
  })

  test('a whole image whose backup is in use is refused with IMG.0176, and can be deleted without the backup', async ({
    emulator,
  }) => {
    const [id = ''] = await addImages(emulator, {
      attributes: { __whole_image: 'true', __backup_id: BACKUP.cbrNotReady },
    })
    expectRefusal(await emulator.delete(`/v2/images/${id}`, { delete_backup: true }), 'IMG.0176')
    expect(await imageNames(emulator)).toEqual(['image-1'])
    expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
  })
})

plain('a failed job of a whole image leaves no image, no backup and no used space in the vault', async () => {
  await using emulator = await startScenario({ flows: { 'create-whole-image': failingFlow('IMG.0180') } })
  await emulator.post('/_ims/fixtures', {
    vaults: [{ id: 'small', project_id: emulator.projectId, name: 'small', capacity: 340 }],
  })
  const body = { instance_id: SERVER.web, vault_id: 'small' }
  for (const _ of ['first', 'second']) {
    const job = await ended(emulator, await wholeOf(emulator, body))
    expect(job).toMatchObject({ status: 'FAIL', error_code: 'IMG.0180', entities: { image_name: 'whole' } })
    expect(await imageNames(emulator)).toEqual([])
  }
})

describe('a deletion that is refused', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    await addImages(
      emulator,
      { protected: true },
      { status: 'saving' },
      { owner: PARTNER, members: [{ project_id: emulator.projectId }] },
    )
  })
  afterAll(() => emulator.close())

  plain.each([
    ['of a public image', 'IMG.0094', PUBLIC_IMAGE.centos],
    ['of an image of the market', 'IMG.0093', PUBLIC_IMAGE.market],
    ['of a protected image', 'IMG.0028', imageId(1)],
    ['of an image that is being made', 'IMG.0090', imageId(2)],
    ['of an image of another tenant', 'IMG.0092', imageId(3)],
  ])('the deletion %s is refused with %s', async (_what, code, id) => {
    expectRefusal(await emulator.delete(`/v2/images/${id}`), code)
    expect((await emulator.get(`/v2/images/${id}`)).status).toBe(200)
  })

  plain('the deletion of an image that waits for its job is refused with IMG.0090', async () => {
    jobOf(await emulator.post('/v2/cloudimages/action', { name: 'web', instance_id: SERVER.web }))
    const { body } = await emulator.get('/v2/cloudimages?name=web')
    expect(body.images[0].status).toBe('queued')
    expectRefusal(await emulator.delete(`/v2/images/${body.images[0].id}`), 'IMG.0090')
  })

  plain('a deletion with an unreadable body is refused with 400', async () => {
    const id = imageId(1)
    expect((await emulator.delete(`/v2/images/${id}`, { delete_backup: 'yes' })).status).toBe(400)
    expect((await emulator.request('DELETE', `/v2/images/${id}`, { body: '{' })).status).toBe(400)
  })
})
