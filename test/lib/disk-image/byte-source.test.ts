import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openByteSource } from '../../../src/lib/disk-image/byte-source.ts'
import { inspectDiskImage } from '../../../src/lib/disk-image/inspect.ts'

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'byte-source-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'file')
  writeFileSync(path, text)
  return path
}

test('reads return the bytes at any offset, and fewer at the end of the file', () => {
  using source = openByteSource(fileWith('0123456789'))
  const text = (offset: number, length: number) => Buffer.from(source.read(offset, length)).toString()
  expect(source.size).toBe(10)
  expect(text(3, 4)).toBe('3456')
  expect(text(8, 4)).toBe('89')
  expect(text(10, 4)).toBe('')
})

test('dispose closes the file', () => {
  const source = openByteSource(fileWith('0123456789'))
  source[Symbol.dispose]()
  expect(() => source.read(0, 1)).toThrow('EBADF')
})

test('inspectDiskImage reads an opened file', () => {
  using source = openByteSource(
    fileURLToPath(new URL('../../../fixtures/disk-images/two-gib.qcow2', import.meta.url)),
  )
  expect(inspectDiskImage(source)).toEqual({
    ok: true,
    image: { format: 'qcow2', version: 3, virtualSize: 2147483648, encrypted: false, backingFile: null },
  })
})

test('inspectDiskImage throws the error of a failed read', () => {
  const failing = {
    size: 4096,
    read() {
      throw new Error('EIO')
    },
  }
  expect(() => inspectDiskImage(failing)).toThrow('EIO')
})
