import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openBucketFolder } from '../../src/database/bucket-folder.ts'
import { scratchFolder } from '../emulator.ts'

function folder() {
  const scratch = scratchFolder()
  const root = join(scratch.path, 'buckets')
  mkdirSync(join(root, 'images', 'deep'), { recursive: true })
  writeFileSync(join(root, 'images', 'a.qcow2'), 'a')
  writeFileSync(join(root, 'images', 'deep', 'b.qcow2'), 'b')
  writeFileSync(join(scratch.path, 'secret'), 'secret')
  symlinkSync(join(scratch.path, 'secret'), join(root, 'images', 'link'))
  return { scratch, root, buckets: openBucketFolder(root) }
}

test('sub-folders are buckets and files below them are objects', () => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  expect(buckets.list()).toEqual(['images'])
  expect(buckets.find('images', 'deep/b.qcow2')).toEqual({
    path: join(root, 'images', 'deep', 'b.qcow2'),
    size: 1,
    modifiedAt: expect.any(Number),
  })
  expect(buckets.find('images', 'deep')).toBeUndefined()
  expect(buckets.has('a.qcow2')).toBe(false)
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
  expect(buckets.has(bucket)).toBe(false)
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
      expect(found === undefined || found.path.startsWith(`${join(root, 'images')}/`)).toBe(true)
    }),
  )
})

test('the keys of a bucket are in the order of their bytes, without links', () => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  for (const key of ['b', 'a', 'deep/z', 'deep.raw', '\u{1f4bf}', '\uffee'])
    writeFileSync(join(root, 'images', key), key)
  symlinkSync('deep', join(root, 'images', 'inner'))
  expect(buckets.keys('images')).toEqual([
    'a',
    'a.qcow2',
    'b',
    'deep.raw',
    'deep/b.qcow2',
    'deep/z',
    '\uffee',
    '\u{1f4bf}',
  ])
  expect(buckets.keys('nowhere')).toEqual([])
})

test('a file is written with its folders, and the bucket holds nothing else of it', () => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  const file = join(root, 'images', 'a.qcow2')
  expect(buckets.write('images', 'out/c.qcow2', file)).toBeUndefined()
  expect(readFileSync(join(root, 'images', 'out', 'c.qcow2'), 'utf8')).toBe('a')
  expect(buckets.write('images', 'out/c.qcow2', join(scratch.path, 'secret'))).toBe('taken')
  expect(readFileSync(join(root, 'images', 'out', 'c.qcow2'), 'utf8')).toBe('a')
  expect(readdirSync(join(root, 'images')).sort()).toEqual(['a.qcow2', 'deep', 'link', 'out'])
})

test.each([
  ['../../secret', 'outside'],
  ['..', 'outside'],
  ['', 'outside'],
  ['/etc/passwd', 'outside'],
  ['.ims-emulator/x', 'outside'],
  ['.ims-emulator-12/x', 'outside'],
  ['link', 'taken'],
  ['link/x', 'outside'],
  ['deep', 'taken'],
  ['a.qcow2/x', 'below a file'],
  ['n'.repeat(300), 'name too long'],
])('nothing is written as %j', (key, obstacle) => {
  const { scratch, root, buckets } = folder()
  using _ = scratch
  const before = readdirSync(scratch.path, { recursive: true })
  expect(buckets.obstacle('images', key)).toBe(obstacle)
  expect(buckets.write('images', key, join(root, 'images', 'a.qcow2'))).toBe(obstacle)
  expect(readdirSync(scratch.path, { recursive: true })).toEqual(before)
  expect(readFileSync(join(scratch.path, 'secret'), 'utf8')).toBe('secret')
})

test.each(['..', '../..', '', 'images/deep', 'nowhere'])(
  'nothing is written into the bucket %j',
  (bucket) => {
    const { scratch, root, buckets } = folder()
    using _ = scratch
    const before = readdirSync(scratch.path, { recursive: true })
    expect(buckets.write(bucket, 'x', join(root, 'images', 'a.qcow2'))).toBeUndefined()
    expect(readdirSync(scratch.path, { recursive: true })).toEqual(before)
  },
)
