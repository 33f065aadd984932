import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { HeaderRefused } from '../../../src/lib/disk-image/bounded-file.ts'
import { convertDisk } from '../../../src/lib/disk-image/convert.ts'
import { be, fixture, patched } from './byte-sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'convert-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

test('a file is converted to another one, whose length and MD5 are returned', async () => {
  const source = file('guest.qcow2', fixture('guest/deflate.qcow2.gz'))
  const target = join(folder, 'guest.raw')
  const converted = await convertDisk(source, 'raw', target)
  const bytes = readFileSync(target)
  expect(Buffer.compare(bytes, fixture('guest/guest.raw.gz'))).toBe(0)
  expect(converted).toEqual({ size: bytes.length, md5: createHash('md5').update(bytes).digest('hex') })
})

test('zeros of the new file take no room', async () => {
  const source = file('blank.qcow2', fixture('two-gib.qcow2'))
  const target = join(folder, 'blank.vmdk')
  await convertDisk(source, 'vmdk', target)
  expect(statSync(target).blocks * 512).toBeLessThan(100_000)
})

test('a target that exists is not replaced: it may be the source', async () => {
  const source = file('same.qcow2', fixture('tiny-v3.qcow2'))
  await expect(convertDisk(source, 'qcow2', source)).rejects.toThrow('EEXIST')
  expect(Buffer.compare(readFileSync(source), fixture('tiny-v3.qcow2'))).toBe(0)
})

test('a conversion that fails leaves no file', async () => {
  const whole = fixture('tiny-v3.qcow2')
  const l1Offset = Number(Buffer.from(whole).readBigUInt64BE(40))
  const source = file('damaged.qcow2', patched(whole, [l1Offset, be(8, 2n ** 50n)]))
  const target = join(folder, 'damaged.raw')
  await expect(convertDisk(source, 'raw', target)).rejects.toThrow(HeaderRefused)
  expect(existsSync(target)).toBe(false)
})

test('a conversion that is aborted leaves no file', async () => {
  const source = file('aborted.qcow2', fixture('tiny-v3.qcow2'))
  const target = join(folder, 'aborted.raw')
  await expect(convertDisk(source, 'raw', target, AbortSignal.abort())).rejects.toThrow('aborted')
  expect(existsSync(target)).toBe(false)
})
