import { closeSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openObjectStore } from '../../../src/database/object-store/object-store.ts'
import { scratchFolder } from '../../emulator.ts'
import { memoryStore } from '../../memory-store.ts'

const LARGEST = 100

test('a copy that nobody needs is removed when the copies have more bytes than are kept', async () => {
  using scratch = scratchFolder()
  const client = memoryStore({
    'b:one': Buffer.alloc(6),
    'b:two': Buffer.alloc(6),
    'b:three': Buffer.alloc(6),
  })
  const store = openObjectStore(client, scratch.path, 10)
  const one = await store.pull('b', 'one', LARGEST)
  ;(await store.pull('b', 'two', LARGEST))[Symbol.dispose]()
  expect(readdirSync(scratch.path)).toHaveLength(2)
  ;(await store.pull('b', 'three', LARGEST))[Symbol.dispose]()
  expect(store.open('b', 'two')).toBeUndefined()
  expect(store.find('b', 'two')).toMatchObject({ size: 6 })
  const file = store.open('b', 'one')
  expect(file).toBeDefined()
  if (file !== undefined) closeSync(file)
  one[Symbol.dispose]()
  expect(readdirSync(scratch.path)).toHaveLength(1)
  expect(readFileSync(store.find('b', 'three')?.path ?? '')).toHaveLength(6)
  await store.pull('b', 'one', LARGEST)
  expect(store.open('b', 'one')).toBeDefined()
})

test('several requests for one object share one download', async () => {
  using scratch = scratchFolder()
  const client = memoryStore({ 'b:one': Buffer.alloc(6) })
  const store = openObjectStore(client, scratch.path)
  await Promise.all([store.pull('b', 'one', LARGEST), store.pull('b', 'one', LARGEST)])
  expect(client.calls).toEqual(['GET b/one'])
})

test('the bytes of an object over the limit are not fetched', async () => {
  using scratch = scratchFolder()
  const store = openObjectStore(memoryStore({ 'b:one': Buffer.alloc(6) }), scratch.path)
  await store.pull('b', 'one', 5)
  expect(store.find('b', 'one')?.size).toBe(6)
  expect(store.open('b', 'one')).toBeUndefined()
  expect(readdirSync(scratch.path)).toEqual([])
})

test('buckets and keys are those that were asked for and found', async () => {
  using scratch = scratchFolder()
  const client = memoryStore({ 'b:two': Buffer.alloc(1), 'b:one': Buffer.alloc(1), 'c:x': Buffer.alloc(1) })
  const store = openObjectStore(client, scratch.path)
  expect([store.list(), store.keys('b')]).toEqual([[], []])
  await store.look('b', 'two')
  await store.look('b', 'one')
  await store.look('c', 'none')
  await store.look('d', 'none')
  expect([store.list(), store.keys('b'), store.keys('c')]).toEqual([['b', 'c'], ['one', 'two'], []])
  client.buckets.delete('b')
  await store.look('b', 'one')
  expect([store.list(), store.keys('b')]).toEqual([['c'], []])
})
