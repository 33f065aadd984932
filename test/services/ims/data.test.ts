import { createHash } from 'node:crypto'
import { describe } from 'vitest'
import { diskImageBytes, expect, type TestEmulator, test } from '../../emulator.ts'

const octets = { 'Content-Type': 'application/octet-stream' }
const qcow2 = Uint8Array.from(diskImageBytes('tiny-v3.qcow2'))

async function describeImage(emulator: TestEmulator, fields: Record<string, unknown> = {}): Promise<string> {
  const described = await emulator.post('/v2/images', { name: 'uploaded', ...fields })
  expect(described.status).toBe(201)
  return described.body.id
}

function upload(emulator: TestEmulator, id: string, bytes: NonNullable<RequestInit['body']>) {
  return emulator.request('PUT', `/v2/images/${id}/file`, { headers: octets, body: bytes })
}

test('an upload makes the image active, with the size, virtual size and hashes of its bytes', async ({
  emulator,
}) => {
  const id = await describeImage(emulator, { disk_format: 'qcow2', min_disk: 1 })
  const reply = await upload(emulator, id, qcow2)
  expect([reply.status, reply.text]).toEqual([204, ''])
  expect((await emulator.get(`/v2/images/${id}`)).body).toMatchObject({
    status: 'active',
    size: qcow2.length,
    virtual_size: 262144,
    checksum: createHash('md5').update(qcow2).digest('hex'),
    __image_size: String(qcow2.length),
  })
  const file = await fetch(`${emulator.url}/v2/images/${id}/file`, {
    headers: { 'X-Auth-Token': 'demo-token' },
  })
  expect(file.headers.get('content-length')).toBe(String(qcow2.length))
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(qcow2)
})

describe('a download', () => {
  test.for([
    ['the first bytes', 'bytes=0-3', 0, 4],
    ['the rest from an offset', `bytes=${qcow2.length - 5}-`, qcow2.length - 5, qcow2.length],
    ['the last bytes', 'bytes=-7', qcow2.length - 7, qcow2.length],
    ['the rest, for a range beyond the end', 'bytes=10-999999999', 10, qcow2.length],
  ] as const)('a download with a Range header returns %s', async ([, range, start, end], { emulator }) => {
    const id = await emulator.importImage()
    const headers = { 'X-Auth-Token': 'demo-token', Range: range }
    const reply = await fetch(`${emulator.url}/v2/images/${id}/file`, { headers })
    expect(reply.status).toBe(206)
    expect(reply.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${qcow2.length}`)
    expect(new Uint8Array(await reply.arrayBuffer())).toEqual(qcow2.subarray(start, end))
  })

  test('a download of an image without bytes returns 204', async ({ emulator }) => {
    const id = await describeImage(emulator)
    expect((await emulator.get(`/v2/images/${id}/file`)).status).toBe(204)
  })
})

describe('an upload whose disk cannot be an image is answered with 400, and the image is killed', () => {
  const patchedQcow2 = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(qcow2)
    change(bytes)
    return bytes
  }
  test.for<[why: string, disk_format: string, bytes: Uint8Array]>([
    ['it needs a backing file', 'qcow2', diskImageBytes('overlay.qcow2')],
    ['it is encrypted', 'qcow2', diskImageBytes('encrypted.qcow2.gz')],
    ['its data is in another file', 'qcow2', patchedQcow2((bytes) => bytes.writeUInt32BE(4, 76))],
    ['it is marked as corrupt', 'raw', patchedQcow2((bytes) => bytes.writeUInt32BE(2, 76))],
    ['its tables lie', 'qcow2', patchedQcow2((bytes) => bytes.fill(0x7f, Number(bytes.readBigUInt64BE(40))))],
    ['its data is in the files that it names', 'vhd', diskImageBytes('flat-descriptor.vmdk')],
    ['it is an ISO, and the image is none', 'qcow2', diskImageBytes('tiny.iso')],
    [
      'it is an ISO, and the image is declared in a format without a header',
      'zvhd2',
      diskImageBytes('tiny.iso'),
    ],
    ['it is a disk, and the image is an ISO', 'iso', qcow2],
    ['it is a raw disk, and the image is an ISO', 'iso', diskImageBytes('tiny.raw')],
    ['it is nothing, and the image is an ISO', 'iso', Buffer.from('nothing')],
    ['it is a shell script, and the image is a qcow2', 'qcow2', Buffer.from('#!/bin/sh\necho no disk\n')],
    ['it is a shell script, and the image is a VHD', 'vhd', Buffer.from('#!/bin/sh\necho no disk\n')],
    ['it is empty, and the image is a qcow2', 'qcow2', Buffer.alloc(0)],
  ])('because %s', async ([, disk_format, bytes], { emulator }) => {
    const __os_version = 'CentOS 7.6 64bit'
    const id = await describeImage(emulator, { disk_format, min_disk: 1, __os_version })
    const reply = await upload(emulator, id, Uint8Array.from(bytes))
    expect(reply.status).toBe(400)
    expect((await emulator.get(`/v2/images/${id}`)).body).toMatchObject({ status: 'killed' })
  })
})

test.for([
  ['qcow2', 'vhd', 'tiny-v3.qcow2'],
  ['VMDK', 'qcow2', 'tiny.vmdk'],
  ['VDI', 'zvhd2', 'tiny.vdi'],
  ['QED', 'zvhd', 'tiny.qed'],
  ['raw disk', 'qcow2', 'tiny.raw'],
  ['ISO', 'iso', 'tiny.iso'],
] as const)(
  'a %s is uploaded to an image that is declared %s, which keeps its format',
  async ([, disk_format, file], { emulator }) => {
    const id = await describeImage(emulator, { disk_format, __os_version: 'CentOS 7.6 64bit' })
    expect((await upload(emulator, id, Uint8Array.from(diskImageBytes(file)))).status).toBe(204)
    expect((await emulator.get(`/v2/images/${id}`)).body).toMatchObject({ status: 'active', disk_format })
  },
)

test.for(['raw', 'zvhd', 'zvhd2'])(
  'bytes without a header are taken for a disk in the declared format %s',
  async (disk_format, { emulator }) => {
    const id = await describeImage(emulator, { disk_format })
    expect((await upload(emulator, id, Uint8Array.from(Buffer.from('anything')))).status).toBe(204)
  },
)

test('a refused large upload gets an answer instead of a reset connection', async ({ emulator }) => {
  const id = await emulator.importImage()
  const reply = await upload(emulator, id, new Uint8Array(20_000_000))
  expect(reply.status).toBe(409)
  expect((await emulator.get(`/v2/images/${id}`)).body).toMatchObject({
    status: 'active',
    size: qcow2.length,
  })
})

test('an aborted upload leaves the image queued', async ({ emulator }) => {
  const id = await describeImage(emulator)
  const abort = new AbortController()
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(100_000)) })
  const headers = { 'X-Auth-Token': 'demo-token', ...octets }
  const file = `${emulator.url}/v2/images/${id}/file`
  const cut = fetch(file, { method: 'PUT', headers, body, duplex: 'half', signal: abort.signal }).catch(
    () => 'cut',
  )
  const status = async () => (await emulator.get(`/v2/images/${id}`)).body.status
  while ((await status()) !== 'saving');
  abort.abort()
  expect(await cut).toBe('cut')
  while ((await status()) === 'saving');
  expect(await status()).toBe('queued')
  expect((await upload(emulator, id, qcow2)).status).toBe(204)
})

test('an upload into an image that a job is making is refused with 409', async ({ emulator }) => {
  const importing = { name: 'busy', image_url: 'images:tiny.qcow2', min_disk: 1 }
  await emulator.post('/v2/cloudimages/action', importing)
  const [image] = (await emulator.get('/v2/cloudimages?name=busy')).body.images
  expect((await upload(emulator, image.id, qcow2)).status).toBe(409)
  await emulator.advance()
  expect((await emulator.get(`/v2/images/${image.id}`)).body).toMatchObject({ status: 'active' })
})
