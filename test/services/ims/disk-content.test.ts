import { madeImage, VAULT } from '../../demo-world.ts'
import { expect, type TestEmulator, test } from '../../emulator.ts'
import { addImages, expectRefusal, imageId } from '../../private-image.ts'

const SERVER = '10000000-0000-4000-8000-00000000a001'
const SYSTEM = '20000000-0000-4000-8000-00000000a001'
const DATA = '20000000-0000-4000-8000-00000000a002'
const SYSTEM_BYTES = 'what the guest of the system disk sees'
const DATA_BYTES = 'what the guest of the data disk sees'

const octets = { 'Content-Type': 'application/octet-stream' }
const bytesOf = async (emulator: TestEmulator, id: string) =>
  (await emulator.get(`/v2/images/${id}/file`)).text

/** Adds a server whose system disk is made from one image, and whose data disk from another. */
async function addServer(emulator: TestEmulator): Promise<void> {
  const waiting = { status: 'queued', disk_format: 'raw' }
  await addImages(emulator, waiting, waiting)
  for (const [n, body] of [SYSTEM_BYTES, DATA_BYTES].entries()) {
    const path = `/v2/images/${imageId(n + 1)}/file`
    expect((await emulator.request('PUT', path, { headers: octets, body })).status).toBe(204)
  }
  const volumes = [
    { id: SYSTEM, size: 40, system: true },
    { id: DATA, size: 10, image_id: imageId(2) },
  ]
  const server = { id: SERVER, name: 'made', project_id: emulator.projectId, image_id: imageId(1) }
  const system = { os_version: 'CentOS 7.4 64bit', volumes }
  const added = await emulator.post('/_ims/fixtures', { servers: [{ ...server, ...system }] })
  expect(added.status).toBe(201)
}

test('an image of a server holds the bytes of the image that the server was made from, also once that is deleted', async ({
  emulator,
}) => {
  await addServer(emulator)
  expect((await emulator.delete(`/v2/images/${imageId(1)}`)).status).toBe(204)
  const body = { name: 'again', instance_id: SERVER }
  const image = await madeImage(emulator, await emulator.post('/v2/cloudimages/action', body))
  expect(image).toMatchObject({ min_disk: 40, __image_size: String(SYSTEM_BYTES.length) })
  expect(await bytesOf(emulator, image.id)).toBe(SYSTEM_BYTES)
})

test('an image of a data disk, as a data disk and as a system disk, holds the bytes that the disk was made from', async ({
  emulator,
}) => {
  await addServer(emulator)
  const disk = { name: 'data', data_images: [{ name: 'data', volume_id: DATA }] }
  const data = await emulator.post('/v2/cloudimages/action', disk)
  await emulator.post('/_ims/clock/advance', { by: '1h' })
  const [image] = (await emulator.get('/v2/cloudimages?name=data')).body.images
  expect(data.status).toBe(200)
  expect(await bytesOf(emulator, image.id)).toBe(DATA_BYTES)

  const asSystem = { name: 'system', volume_id: DATA, os_version: 'CentOS 7.4 64bit' }
  const system = await madeImage(emulator, await emulator.post('/v2/cloudimages/action', asSystem))
  expect(await bytesOf(emulator, system.id)).toBe(DATA_BYTES)
})

test('a whole image of a server, and one of a backup of it, hold the bytes of each disk', async ({
  emulator,
}) => {
  await addServer(emulator)
  const create = async (body: unknown) =>
    await madeImage(emulator, await emulator.post('/v1/cloudimages/wholeimages/action', body))
  const whole = await create({ name: 'whole', instance_id: SERVER, vault_id: VAULT.servers })
  expect(await bytesOf(emulator, whole.id)).toBe(SYSTEM_BYTES)
  const [data] = (await emulator.get('/v2/cloudimages?name=whole-data-1')).body.images
  expect(await bytesOf(emulator, data.id)).toBe(DATA_BYTES)

  const backup = '40000000-0000-4000-8000-00000000a001'
  const kept = { id: backup, name: 'kept', kind: 'CBR', project_id: emulator.projectId, server_id: SERVER }
  await emulator.post('/_ims/fixtures', { backups: [kept] })
  const again = await create({ name: 'again', backup_id: backup, whole_image_type: 'CBR' })
  expect(await bytesOf(emulator, again.id)).toBe(SYSTEM_BYTES)
})

test('a server that was made from an image without bytes has an empty disk', async ({ emulator }) => {
  await addImages(emulator, { status: 'queued' })
  const volumes = [{ id: SYSTEM, size: 2, system: true }]
  const server = { id: SERVER, name: 'bare', project_id: emulator.projectId, image_id: imageId(1), volumes }
  await emulator.post('/_ims/fixtures', { servers: [server] })
  const body = { name: 'empty', instance_id: SERVER }
  const image = await madeImage(emulator, await emulator.post('/v2/cloudimages/action', body))
  expect(image.min_disk).toBe(2)
  expect((await bytesOf(emulator, image.id)).slice(0, 3)).toBe('QFI')
})

test('the bytes of a disk are part of a snapshot and of a fork', async ({ emulator }) => {
  await addServer(emulator)
  await emulator.post('/_ims/snapshots', { name: 'made' })
  await emulator.post('/_ims/reset')
  const body = { name: 'again', instance_id: SERVER }
  expectRefusal(await emulator.post('/v2/cloudimages/action', body), 'IMG.0005')
  expect((await emulator.put('/_ims/snapshots/made/restore')).status).toBe(204)
  await emulator.delete(`/v2/images/${imageId(1)}`)
  expect((await emulator.post('/_ims/worlds/default/fork', { name: 'forked' })).status).toBe(201)
  const image = await madeImage(emulator, await emulator.post('/v2/cloudimages/action', body))
  expect(await bytesOf(emulator, image.id)).toBe(SYSTEM_BYTES)
  const made = await emulator.post('/w/forked/v2/cloudimages/action', body)
  await emulator.post('/_ims/worlds/forked/clock/advance', { by: '1h' })
  const { entities } = (await emulator.get(`/w/forked/v1/${emulator.projectId}/jobs/${made.body.job_id}`))
    .body
  expect((await emulator.get(`/w/forked/v2/images/${entities.image_id}/file`)).text).toBe(SYSTEM_BYTES)
})
