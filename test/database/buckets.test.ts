import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
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

test('a staged file appears under its key in one move, and the bucket holds nothing else of it', async () => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  const staged = await buckets.stage(join(root, 'images', 'a.qcow2'), 'images', 'copy')
  expect(buckets.find('images', 'out/c.qcow2')).toBeUndefined()
  expect(buckets.deliver(staged, 'images', 'out/c.qcow2')).toBe(true)
  expect(buckets.find('images', 'out/c.qcow2')).toBe(join(root, 'images', 'out', 'c.qcow2'))
  expect(buckets.deliver(staged, 'images', 'again')).toBe(false)
})
