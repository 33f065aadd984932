import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestEmulator } from './emulator.ts'

/** The bytes of an object as the world of an emulator has it; undefined when there is none. */
export async function objectBytes(
  emulator: Pick<TestEmulator, 'fetch'>,
  bucket: string,
  key: string,
  world = 'default',
): Promise<Buffer | undefined> {
  const path = `/_ims/worlds/${world}/buckets/${bucket}/objects/${encodeURIComponent(key)}`
  const response = await emulator.fetch(path)
  if (response.status === 404) return undefined
  if (!response.ok) throw new Error(await response.text())
  return Buffer.from(await response.arrayBuffer())
}

/** The keys of a bucket as the world of an emulator has it. */
export async function keysOf(
  emulator: Pick<TestEmulator, 'get'>,
  bucket: string,
  world = 'default',
): Promise<string[]> {
  const { objects } = (await emulator.get(`/_ims/worlds/${world}/buckets/${bucket}/objects`)).body
  return objects.map(({ key }: { key: string }) => key)
}

/** Puts bytes into a bucket of a test under a key. */
export function putBytes(
  emulator: TestEmulator,
  bucket: string,
  key: string,
  bytes: Uint8Array | string,
): string {
  const path = join(emulator.bucketFolder, bucket, key)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return path
}

/** Puts a sparse object of a size into a bucket: a blank raw disk that takes no space on the host. */
export function putBlank(emulator: TestEmulator, bucket: string, key: string, size: number): void {
  truncateSync(putBytes(emulator, bucket, key, ''), size)
}

const BLOCK = 512

/** Renders a tar archive of plain files, as `tar --format=ustar` does. */
export function tarOf(files: readonly { name: string; bytes: Uint8Array | string }[]): Buffer {
  const blocks = files.flatMap(({ name, bytes }) => {
    const content = Buffer.from(bytes)
    return [tarHeader(name, content.length), content, Buffer.alloc(-content.length & (BLOCK - 1))]
  })
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}

function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write(' '.repeat(8), 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** Renders an OVA with these files as its disks. */
export function ovaOf(...disks: { name: string; bytes: Uint8Array }[]): Buffer {
  return tarOf([{ name: 'machine.ovf', bytes: '<Envelope/>' }, ...disks])
}
