import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { diskImageBytes, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { guardedSource } from '../../lib/disk-image/byte-sources.ts'
import { guestBytes } from '../../lib/disk-image/guest-bytes.ts'
import { objectBytes } from '../../objects.ts'

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator()
})
afterAll(() => emulator.close())

async function succeed(jobId: string) {
  await emulator.advance()
  const { body } = await emulator.job(jobId)
  expect(body).toMatchObject({ job_id: jobId, status: 'SUCCESS', error_code: null, fail_reason: null })
  return body
}

test.each([
  ['tiny-v2.qcow2', 262_144],
  ['tiny-v3.qcow2', 262_144],
  ['tiny.qcow', 262_144],
  ['tiny.qed', 262_144],
  ['tiny.vmdk', 262_144],
  ['tiny.vhd', 278_528],
  ['tiny.vhdx.gz', 262_144],
  ['tiny.vdi', 262_144],
  ['tiny.raw', 262_144],
])('%s keeps its disk from import to deletion', async (file, virtualSize) => {
  const bytes = diskImageBytes(file)
  const key = file.replace(/\.gz$/, '')
  writeFileSync(join(emulator.bucketFolder, 'images', key), bytes)

  const created = await emulator.post('/v2/cloudimages/action', {
    name: key,
    image_url: `images:${key}`,
    min_disk: 1,
    os_version: 'Ubuntu 18.04 server 64bit',
  })
  expect(created.status).toBe(200)
  const { entities } = await succeed(created.body.job_id)
  expect(entities.image_name).toBe(key)

  const listed = await emulator.get(`/v2/cloudimages?name=${key}&status=active&__imagetype=private`)
  expect(listed.body.images).toHaveLength(1)
  const [image] = listed.body.images
  expect(image).toMatchObject({
    id: entities.image_id,
    status: 'active',
    size: bytes.length,
    virtual_size: virtualSize,
    checksum: createHash('md5').update(bytes).digest('hex'),
    min_disk: 1,
    __data_origin: `file,images:${key}`,
    __root_origin: 'file',
    __image_size: String(bytes.length),
    __os_version: 'Ubuntu 18.04 server 64bit',
    __os_type: 'Linux',
    __os_bit: '64',
    __platform: 'Ubuntu',
    virtual_env_type: 'FusionCompute',
    __isregistered: 'true',
  })
  const shown = await emulator.get(`/v2/images/${image.id}`)
  expect(shown.body).toMatchObject({ id: image.id, name: key, checksum: image.checksum })

  const headers = { 'X-Auth-Token': 'demo-token' }
  const download = await fetch(`${emulator.url}/v2/images/${image.id}/file`, { headers })
  expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true)

  const target = { bucket_url: `images:out/${key}`, file_format: 'qcow2' }
  const exported = await emulator.post(`/v1/cloudimages/${image.id}/file`, target)
  expect((await succeed(exported.body.job_id)).entities.image_id).toBe(image.id)
  const out = (await objectBytes(emulator, 'images', `out/${key}`)) ?? Buffer.alloc(0)
  expect(Buffer.compare(await guestBytes(guardedSource(out)), await guestBytes(guardedSource(bytes)))).toBe(0)

  const rename = [{ op: 'replace', path: '/name', value: 'renamed' }]
  expect((await emulator.patch(`/v2/cloudimages/${image.id}`, rename)).body).toMatchObject({
    name: 'renamed',
  })

  const deleted = await emulator.delete(`/v2/images/${image.id}`)
  expect([deleted.status, deleted.text]).toEqual([204, ''])
  expect((await emulator.get(`/v2/images/${image.id}`)).status).toBe(404)
  expect((await emulator.get(`/v2/cloudimages?id=${image.id}`)).body).toEqual({ images: [] })
})

test('an ISO can be imported and not exported', async () => {
  writeFileSync(join(emulator.bucketFolder, 'images', 'install.iso'), diskImageBytes('tiny.iso'))
  const created = await emulator.post('/v2/cloudimages/action', {
    name: 'install',
    image_url: 'images:install.iso',
    min_disk: 40,
    type: 'IsoImage',
    os_version: 'CentOS 7.6 64bit',
  })
  const { entities } = await succeed(created.body.job_id)
  const { body } = await emulator.get(`/v2/images/${entities.image_id}`)
  expect(body).toMatchObject({ disk_format: 'iso', virtual_env_type: 'IsoImage' })
  const target = { bucket_url: 'images:copy.iso', file_format: 'qcow2' }
  const refused = await emulator.post(`/v1/cloudimages/${entities.image_id}/file`, target)
  expect([refused.status, refused.body.error.code]).toEqual([400, 'IMG.0167'])
})

test.each([
  ['a text file', 'not-a-disk.txt', 400],
  ['an encrypted qcow2', 'encrypted.qcow2.gz', 'IMG.0057'],
  ['a qcow2 with a backing file', 'overlay.qcow2', 'IMG.0057'],
  ['a disk larger than min_disk', 'two-gib.qcow2', 'IMG.0055'],
])('%s does not become an image', async (_what, file, failure) => {
  const key = file.replace(/\.gz$/, '')
  writeFileSync(join(emulator.bucketFolder, 'images', key), diskImageBytes(file))
  const body = { name: 'broken', image_url: `images:${key}`, min_disk: 1 }
  const created = await emulator.post('/v2/cloudimages/action', body)
  if (failure === 400) {
    expect([created.status, created.body.error.code]).toEqual([400, 'IMG.0057'])
  } else {
    expect(created.status).toBe(200)
    await emulator.advance()
    expect((await emulator.job(created.body.job_id)).body).toMatchObject({
      status: 'FAIL',
      error_code: failure,
    })
  }
  expect((await emulator.get('/v2/cloudimages?name=broken')).body).toEqual({ images: [] })
})
