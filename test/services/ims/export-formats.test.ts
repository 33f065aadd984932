import { describe } from 'vitest'
import { ended, madeImage } from '../../demo-world.ts'
import { diskImageBytes, expect, type TestEmulator, test } from '../../emulator.ts'
import { guardedSource, inspect } from '../../lib/disk-image/byte-sources.ts'
import { guestBytes } from '../../lib/disk-image/guest-bytes.ts'
import { objectBytes, putBytes } from '../../objects.ts'
import { expectRefusal } from '../../private-image.ts'

const GUEST = diskImageBytes('guest/guest.raw.gz')

async function imported(
  emulator: TestEmulator,
  key: string,
  bytes: Uint8Array,
  fields = {},
): Promise<string> {
  putBytes(emulator, 'images', key, bytes)
  return emulator.importImage({ image_url: `images:${key}`, ...fields })
}

const send = (emulator: TestEmulator, id: string, body: object) =>
  emulator.post(`/v1/cloudimages/${id}/file`, body)

/** Exports an image and returns the bytes of the object. */
async function exported(emulator: TestEmulator, id: string, fields: object): Promise<Buffer> {
  const key = `out/${id}`
  const job = await ended(emulator, await send(emulator, id, { bucket_url: `images:${key}`, ...fields }))
  expect(job).toMatchObject({ status: 'SUCCESS' })
  return (await objectBytes(emulator, 'images', key)) ?? Buffer.alloc(0)
}

describe('an exported file has the format that was asked for, and the bytes of the guest', () => {
  test.for([
    ['deflate.qcow2', 'vhd'],
    ['dynamic.vhdx', 'vmdk'],
    ['dynamic.vdi', 'qcow2'],
    ['stream.vmdk', 'zvhd'],
    ['guest.raw', 'vhd'],
  ] as const)('from %s to %s', async ([name, file_format], { emulator }) => {
    const id = await imported(emulator, name, diskImageBytes(`guest/${name}.gz`))
    const before = (await emulator.get(`/v2/images/${id}`)).body
    const file = await exported(emulator, id, { file_format })
    expect(inspect(file)).toMatchObject({
      ok: true,
      image: { format: file_format, virtualSize: GUEST.length },
    })
    expect(Buffer.compare(await guestBytes(guardedSource(file)), GUEST)).toBe(0)
    expect((await emulator.get(`/v2/images/${id}`)).body).toEqual(before)
  })
})

test('a file that has the format already is exported as it is', async ({ emulator }) => {
  const bytes = diskImageBytes('guest/zstd.qcow2.gz')
  const id = await imported(emulator, 'zstd.qcow2', bytes)
  expect((await exported(emulator, id, { file_format: 'qcow2' })).equals(bytes)).toBe(true)
})

test('a quick export is a ZVHD2, which is imported quickly and exported again without a change', async ({
  emulator,
}) => {
  const id = await imported(emulator, 'guest.qed', diskImageBytes('guest/plain.qed.gz'))
  const file = await exported(emulator, id, { is_quick_export: true })
  expect(inspect(file)).toMatchObject({ ok: true, image: { format: 'zvhd2', virtualSize: GUEST.length } })
  putBytes(emulator, 'images', 'again.zvhd2', file)
  const again = await madeImage(
    emulator,
    await emulator.post('/v2/cloudimages/quickimport/action', {
      name: 'again',
      os_version: 'CentOS 7.6 64bit',
      image_url: 'images:again.zvhd2',
      min_disk: 1,
    }),
  )
  expect(again).toMatchObject({
    virtual_size: GUEST.length,
    __lazyloading: 'true',
    __image_size: String(file.length),
  })
  expect((await exported(emulator, again.id, { is_quick_export: true })).equals(file)).toBe(true)
  const raw = await guestBytes(guardedSource(file))
  expect(Buffer.compare(raw, GUEST)).toBe(0)
})

test('a ZVHD2 from elsewhere is exported as it is, and refused with IMG.0071 in another format', async ({
  emulator,
}) => {
  const bytes = Buffer.alloc(4096, 'a file of the real cloud')
  const id = await imported(emulator, 'cloud.zvhd2', bytes)
  const target = { bucket_url: 'images:cloud.vhd', file_format: 'vhd' }
  expectRefusal(await send(emulator, id, target), 'IMG.0071')
  expect((await exported(emulator, id, { is_quick_export: true })).equals(bytes)).toBe(true)
})

test('a file whose tables lie fails its import with IMG.0057', async ({ emulator }) => {
  const bytes = diskImageBytes('tiny-v3.qcow2')
  bytes.writeBigUInt64BE(2n ** 50n, Number(bytes.readBigUInt64BE(40)))
  putBytes(emulator, 'images', 'lies.qcow2', bytes)
  const body = { name: 'lies', image_url: 'images:lies.qcow2', min_disk: 1 }
  const job = await ended(emulator, await emulator.post('/v2/cloudimages/action', body))
  expect(job).toMatchObject({ status: 'FAIL', error_code: 'IMG.0057' })
})

describe('a raw disk', () => {
  const noise = Buffer.from(GUEST.subarray(0, 4608))

  test('with any content is imported when it is called .raw or .img', async ({ emulator }) => {
    for (const key of ['noise.raw', 'noise.IMG']) {
      const file = await exported(emulator, await imported(emulator, key, noise), { file_format: 'vhd' })
      expect(Buffer.compare(await guestBytes(guardedSource(file)), noise)).toBe(0)
    }
  })

  test.for([
    ['noise', noise],
    ['packed.raw', Buffer.concat([Buffer.from([0x1f, 0x8b]), noise.subarray(2)])],
    ['half.raw', noise.subarray(0, 1000)],
  ] as const)('called %s is refused with IMG.0057', async ([key, bytes], { emulator }) => {
    putBytes(emulator, 'images', key, bytes)
    const body = { name: 'noise', image_url: `images:${key}`, min_disk: 1 }
    expectRefusal(await emulator.post('/v2/cloudimages/action', body), 'IMG.0057')
  })
})

describe('the firmware of an imported disk', () => {
  /** A disk with an EFI system partition in its GPT, and one for a BIOS or not. */
  function efiDisk(hasBiosPartition: boolean): Buffer {
    const disk = Buffer.alloc(64 * 1024)
    if (hasBiosPartition) disk.write('Hah!IdontNeedEFI', 1152)
    disk[450] = 0xee
    disk.write('\x55\xaa', 510, 'latin1')
    disk.write('EFI PART', 512)
    disk.writeUInt32LE(2, 512 + 72)
    disk.writeUInt32LE(128, 512 + 80)
    disk.writeUInt32LE(128, 512 + 84)
    Buffer.from('28732ac11ff8d211ba4b00a0c93ec93b', 'hex').copy(disk, 1024)
    return disk
  }

  test.for([
    ['is uefi when nothing but UEFI can start from it', false, {}, 'uefi'],
    ['is not said when a BIOS can start from it too', true, {}, undefined],
    ['is that of the request when it names one', false, { hw_firmware_type: 'bios' }, 'bios'],
  ] as const)('%s', async ([, hasBiosPartition, fields, firmware], { emulator }) => {
    const id = await imported(emulator, 'efi.raw', efiDisk(hasBiosPartition), fields)
    const listed = await emulator.get(`/v2/cloudimages?id=${id}`)
    expect(listed.body.images[0].hw_firmware_type).toBe(firmware)
  })
})
