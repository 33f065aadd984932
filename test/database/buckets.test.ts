import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openBuckets } from '../../src/database/buckets.ts'
import { scratchFolder } from '../emulator.ts'

function folder() {
  const scratch = scratchFolder()
  const root = join(scratch.path, 'buckets')
  mkdirSync(join(root, 'images', 'deep'), { recursive: true })
  writeFileSync(join(root, 'images', 'a.qcow2'), 'a')
  writeFileSync(join(root, 'images', 'deep', 'b.qcow2'), 'b')
  writeFileSync(join(scratch.path, 'secret'), 'secret')
  symlinkSync(join(scratch.path, 'secret'), join(root, 'images', 'link'))
  return { scratch, root, buckets: openBuckets(root) }
}

test('sub-folders are buckets and files below them are objects', () => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  expect(buckets.list()).toEqual(['images'])
  expect(buckets.find('images', 'deep/b.qcow2')).toBe(join(root, 'images', 'deep', 'b.qcow2'))
  expect(buckets.find('images', 'deep')).toBeUndefined()
  expect(buckets.exists('a.qcow2')).toBe(false)
})

test.each(['../../secret', '/etc/passwd', 'deep/../../../secret', 'link', '', '.', '..', 'a\0b'])(
  'nothing outside a bucket is reached by the key %j',
  (key) => {
    const { scratch, buckets } = folder()
    using _ = scratch
    expect(buckets.find('images', key)).toBeUndefined()
  },
)

test.each(['..', '.', '', '../buckets', 'images/deep', '/etc'])('%j is no bucket', (bucket) => {
  const { scratch, buckets } = folder()
  using _ = scratch
  expect(buckets.exists(bucket)).toBe(false)
})

test('whatever the bucket and the key, what is found lies inside', () => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  const part = fc.oneof(
    fc.constantFrom('..', '.', '', 'deep', 'images', 'a.qcow2', 'secret', 'link', '~'),
    fc.string(),
  )
  const path = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'))
  fc.assert(
    fc.property(path, path, (bucket, key) => {
      const found = buckets.find(bucket, key)
      expect(found === undefined || found.startsWith(`${join(root, 'images')}/`)).toBe(true)
    }),
  )
})

const STAGED = '12345678-1234-4234-8234-123456789012'

test('a staged file appears under its key in one move, and the bucket holds nothing else of it', async () => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  const staged = await buckets.stage(join(root, 'images', 'a.qcow2'), 'images')
  expect(buckets.find('images', 'out/c.qcow2')).toBeUndefined()
  expect(buckets.deliver('images', staged, 'out/c.qcow2')).toBeUndefined()
  buckets.discard('images', staged)
  expect(buckets.find('images', 'out/c.qcow2')).toBe(join(root, 'images', 'out', 'c.qcow2'))
  expect(buckets.deliver('images', staged, 'again')).toBe('nothing staged')
})

test.each([
  ['images', '../../../secret'],
  ['images', '../a.qcow2'],
  ['images', '/etc/passwd'],
  ['images', '..'],
  ['images', ''],
  ['..', STAGED],
  ['../..', 'secret'],
  ['', '../secret'],
])('nothing outside its staging folder is moved or removed as %j, %j', (bucket, name) => {
  const { scratch, buckets } = folder()
  using _ = scratch
  const before = readdirSync(scratch.path, { recursive: true })
  buckets.discard(bucket, name)
  expect(buckets.deliver(bucket, name, 'taken')).toBeDefined()
  expect(readdirSync(scratch.path, { recursive: true })).toEqual(before)
})

test.each(['..', '../..', '', 'images/out'])('nothing is staged in the bucket %j', async (bucket) => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  const before = readdirSync(scratch.path, { recursive: true })
  const file = join(root, 'images', 'a.qcow2')
  await expect(buckets.stage(file, bucket)).rejects.toThrow('nothing can be staged')
  expect(readdirSync(scratch.path, { recursive: true })).toEqual(before)
})

test.each(['../../secret', '.ims-emulator/x', '..'])('nothing is delivered as %j', async (key) => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  const staged = await buckets.stage(join(root, 'images', 'a.qcow2'), 'images')
  expect(buckets.deliver('images', staged, key)).toBe('outside')
  expect(readFileSync(join(scratch.path, 'secret'), 'utf8')).toBe('secret')
})
