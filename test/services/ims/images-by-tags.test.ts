import { beforeAll, describe, test as plain } from 'vitest'
import { expect, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { addImages, expectRefusal, imageId, PARTNER } from '../../private-image.ts'

let emulator: TestEmulator
let path = ''

beforeAll(async () => {
  emulator = await startTestEmulator()
  path = `/v2/${emulator.projectId}/images/resource_instances/action`
  await addImages(
    emulator,
    { name: 'a', tags: ['env=prod', 'team=core'], created_at: '2024-01-01T00:00:00Z' },
    { name: 'ab', tags: ['env=test', 'team=core'], created_at: '2024-01-02T00:00:00Z', status: 'queued' },
    { name: 'abc', tags: ['env=prod'], created_at: '2024-01-03T00:00:00Z' },
    { name: 'bare', created_at: '2024-01-04T00:00:00Z' },
    {
      name: 'shared out',
      tags: ['env=stage'],
      created_at: '2024-01-05T00:00:00Z',
      members: [{ project_id: PARTNER }],
    },
    { name: 'foreign', tags: ['env=prod'], owner: PARTNER, members: [{ project_id: emulator.projectId }] },
  )
  return () => emulator.close()
})

const key = (name: string, ...values: string[]) => ({ key: name, values })

plain('a search returns id, name, status and tags of each image found, and the total count', async () => {
  const reply = await emulator.post(path, { action: 'filter', tags: [key('team', 'core')], limit: '1' })
  expect(reply.status).toBe(200)
  expect(reply.body).toEqual({
    total_count: 2,
    resources: [
      {
        resource_id: imageId(2),
        resource_name: 'ab',
        resource_detail: { status: 'queued' },
        tags: [
          { key: 'env', value: 'test' },
          { key: 'team', value: 'core' },
        ],
      },
    ],
  })
})

plain('a count returns the number only and ignores limit and offset', async () => {
  const reply = await emulator.post(path, { action: 'count', limit: '0', offset: 'x', tags: [key('env')] })
  expect([reply.status, reply.body]).toEqual([200, { total_count: 4 }])
})

const ALL = 'shared out,bare,abc,ab,a'
describe('images are found', () => {
  plain.each([
    ['without a condition, newest first', {}, ALL],
    ['that have a key with any value', { tags: [key('team')] }, 'ab,a'],
    ['that have a key with one of several values', { tags: [key('env', 'prod', 'test')] }, 'abc,ab,a'],
    ['that have every key', { tags: [key('env', 'prod'), key('team')] }, 'a'],
    ['that have at least one key', { tags_any: [key('env', 'stage'), key('team')] }, 'shared out,ab,a'],
    [
      'that do not have all keys together',
      { not_tags: [key('env', 'prod'), key('team')] },
      'shared out,bare,abc,ab',
    ],
    ['that have none of the keys', { not_tags_any: [key('env', 'stage'), key('team')] }, 'bare,abc'],
    ['that have no tag', { without_any_tag: true }, 'bare'],
    [
      'that have no tag, with other conditions on tags ignored',
      { without_any_tag: true, tags: [key('env')], not_tags_any: [key('x')] },
      'bare',
    ],
    ['by a part of the name', { matches: [{ key: 'resource_name', value: 'ab' }] }, 'abc,ab'],
    ['by the id', { matches: [{ key: 'resource_id', value: imageId(1) }] }, 'a'],
    [
      'by name and id together',
      {
        matches: [
          { key: 'resource_name', value: 'abc' },
          { key: 'resource_id', value: imageId(1) },
        ],
      },
      '',
    ],
    [
      'that fulfil all conditions',
      { tags: [key('env')], tags_any: [key('team')], not_tags: [key('env', 'test')] },
      'a',
    ],
    ['from an offset', { offset: '3' }, 'ab,a'],
    ['from an offset and up to a limit that are numbers', { offset: 1, limit: 2 }, 'bare,abc'],
    ['on no page beyond the last', { offset: '5', limit: '1000' }, ''],
  ])('a search finds images %s', async (_which, conditions, names) => {
    const reply = await emulator.post(path, { action: 'filter', ...conditions })
    expect(reply.status).toBe(200)
    const found = reply.body.resources.map((resource: { resource_name: string }) => resource.resource_name)
    expect(found).toEqual(names === '' ? [] : names.split(','))
  })

  plain('a search returns ten images unless it has a limit', async () => {
    await using many = await startTestEmulator()
    await addImages(many, ...Array.from({ length: 12 }, () => ({})))
    const reply = await many.post(path, { action: 'filter' })
    expect([reply.body.total_count, reply.body.resources.length]).toEqual([12, 10])
  })
})

const eleven = Array.from({ length: 11 }, (_, n) => String(n))
describe('a search is refused', () => {
  plain.each([
    ['without an action', {}, 'IMG.0001'],
    ['with an action in capitals', { action: 'Filter' }, 'IMG.0001'],
    ['with a limit of 0', { action: 'filter', limit: '0' }, 'IMG.0001'],
    ['with a limit of 1001', { action: 'filter', limit: '1001' }, 'IMG.0001'],
    ['with a limit that is not a number', { action: 'filter', limit: 'ten' }, 'IMG.0001'],
    ['with a negative offset', { action: 'filter', offset: -1 }, 'IMG.0001'],
    ['with a flag that is a text', { action: 'filter', without_any_tag: 'true' }, 'IMG.0001'],
    [
      'with an unknown field to match',
      { action: 'filter', matches: [{ key: 'name', value: 'a' }] },
      'IMG.0001',
    ],
    [
      'with an empty value to match',
      { action: 'filter', matches: [{ key: 'resource_id', value: '' }] },
      'IMG.0001',
    ],
    [
      'with the same field to match twice',
      {
        action: 'filter',
        matches: [
          { key: 'resource_id', value: 'a' },
          { key: 'resource_id', value: 'b' },
        ],
      },
      'IMG.0001',
    ],
    ['with an empty list of tags', { action: 'filter', tags: [] }, 'IMG.0115'],
    ['with a key without values', { action: 'filter', tags: [{ key: 'a' }] }, 'IMG.0115'],
    ['with an empty key', { action: 'count', tags_any: [key('')] }, 'IMG.0115'],
    ['with a key of 129 characters', { action: 'filter', not_tags: [key('x'.repeat(129))] }, 'IMG.0115'],
    ['with a value of 256 characters', { action: 'filter', tags: [key('k', 'x'.repeat(256))] }, 'IMG.0115'],
    ['with the same key twice', { action: 'filter', tags: [key('k'), key('k')] }, 'IMG.0115'],
    ['with the same value twice', { action: 'filter', tags: [key('k', 'v', 'v')] }, 'IMG.0115'],
    ['with eleven keys', { action: 'filter', not_tags_any: eleven.map((name) => key(name)) }, 'IMG.0115'],
    ['with eleven values', { action: 'filter', tags: [key('k', ...eleven)] }, 'IMG.0115'],
  ])('a search %s is refused', async (_when, body, code) => {
    expectRefusal(await emulator.post(path, body), code)
  })

  plain('a search with another project in its path is refused with IMG.0030', async () => {
    const reply = await emulator.post(`/v2/${PARTNER}/images/resource_instances/action`, { action: 'count' })
    expectRefusal(reply, 'IMG.0030')
  })
})
