import { afterAll, beforeAll, describe, test as plain } from 'vitest'
import { expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { addImages, asPartner, expectRefusal, NO_IMAGE, PARTNER } from '../../private-image.ts'

const PUBLIC = '1ef2a30f-80ce-47cc-896a-b3aed49017be'
const tagsPath = (emulator: TestEmulator, id: string) => `/v2/${emulator.projectId}/images/${id}/tags`
const tenTags = Array.from({ length: 10 }, (_, n) => ({ key: `key-${n}`, value: 'v' }))

/** The tags of an image as pairs and as the image itself shows them. */
async function shown(emulator: TestEmulator, id: string) {
  const pairs = await emulator.get(tagsPath(emulator, id))
  const images = await emulator.get(`/v2/cloudimages?id=${id}`)
  return { pairs: pairs.body.tags, strings: images.body.images[0].tags }
}

test('an added tag is listed with the image, and adding it again changes nothing', async ({ emulator }) => {
  const [id = ''] = await addImages(emulator, {})
  for (const _ of ['first', 'again']) {
    const reply = await emulator.post(tagsPath(emulator, id), { tag: { key: 'env', value: 'prod' } })
    expect([reply.status, reply.text]).toEqual([204, ''])
    expect(await shown(emulator, id)).toEqual({
      pairs: [{ key: 'env', value: 'prod' }],
      strings: ['env=prod'],
    })
  }
})

test('an existing key gets the new value in its place, with spaces around key and value removed', async ({
  emulator,
}) => {
  const [id = ''] = await addImages(emulator, { tags: ['env=test', 'team=core'] })
  await emulator.post(tagsPath(emulator, id), { tag: { key: ' env ', value: ' prod ' } })
  expect((await shown(emulator, id)).pairs).toEqual([
    { key: 'env', value: 'prod' },
    { key: 'team', value: 'core' },
  ])
})

test('a tag with an empty value is shown as its key alone', async ({ emulator }) => {
  const [id = ''] = await addImages(emulator, {})
  await emulator.post(tagsPath(emulator, id), { tag: { key: '机器', value: '' } })
  expect(await shown(emulator, id)).toEqual({ pairs: [{ key: '机器', value: '' }], strings: ['机器'] })
})

test('several tags are created or deleted in one request, and a deletion ignores values', async ({
  emulator,
}) => {
  const [id = ''] = await addImages(emulator, { tags: ['a=1', 'b=2'] })
  const path = `${tagsPath(emulator, id)}/action`
  const created = await emulator.post(path, {
    action: 'create',
    tags: [
      { key: 'b', value: 'changed' },
      { key: 'c', value: '3' },
    ],
  })
  expect([created.status, created.text]).toEqual([204, ''])
  expect((await shown(emulator, id)).strings).toEqual(['a=1', 'b=changed', 'c=3'])
  const deleted = await emulator.post(path, {
    action: 'delete',
    tags: [{ key: 'a', value: 'not its value' }, { key: 'c' }, { key: 'not there', value: '!' }],
  })
  expect([deleted.status, deleted.text]).toEqual([204, ''])
  expect((await shown(emulator, id)).strings).toEqual(['b=changed'])
})

test('the path of the older call deletes tags as well', async ({ emulator }) => {
  const [id = ''] = await addImages(emulator, { tags: ['a=1', 'b=2'] })
  const reply = await emulator.delete(`/v1/${emulator.projectId}/cloudimages/${id}/tags/delete`, {
    tags: [{ key: 'a', value: '1' }],
  })
  expect([reply.status, reply.text]).toEqual([204, ''])
  expect((await shown(emulator, id)).strings).toEqual(['b=2'])
})

test('one tag is deleted by its key, and a second deletion returns 404 with IMG.0121', async ({
  emulator,
}) => {
  const [id = ''] = await addImages(emulator, { tags: ['a b=1', 'b=2'] })
  const path = `${tagsPath(emulator, id)}/a%20b`
  const reply = await emulator.delete(path)
  expect([reply.status, reply.text]).toEqual([204, ''])
  expect((await shown(emulator, id)).strings).toEqual(['b=2'])
  expectRefusal(await emulator.delete(path), 'IMG.0121', 404)
})

test('an eleventh tag is refused with IMG.0116, sent alone or with others, and none of them is stored', async ({
  emulator,
}) => {
  const [id = ''] = await addImages(emulator, {})
  const path = tagsPath(emulator, id)
  await emulator.post(`${path}/action`, { action: 'create', tags: tenTags })
  expectRefusal(await emulator.post(path, { tag: { key: 'eleventh', value: '' } }), 'IMG.0116')
  const two = [
    { key: 'key-0', value: 'new' },
    { key: 'eleventh', value: '' },
  ]
  expectRefusal(await emulator.post(`${path}/action`, { action: 'create', tags: two }), 'IMG.0116')
  expect((await shown(emulator, id)).pairs).toEqual(tenTags)
})

test('a member of an image lists its tags and is refused with IMG.0047 when it changes them', async ({
  emulator,
}) => {
  const [id = ''] = await addImages(emulator, { tags: ['a=1'], members: [{ project_id: PARTNER }] })
  const path = `/v2/${PARTNER}/images/${id}/tags`
  expect((await emulator.get(path, asPartner)).body).toEqual({ tags: [{ key: 'a', value: '1' }] })
  expectRefusal(await emulator.post(path, { tag: { key: 'b', value: '' } }, asPartner), 'IMG.0047')
  expectRefusal(await emulator.delete(`${path}/a`, undefined, asPartner), 'IMG.0047')
})

test('the tags of a project are listed by key with their values, without those of shared and public images', async ({
  emulator,
}) => {
  await addImages(
    emulator,
    { tags: ['env=prod', 'plain'] },
    { tags: ['env=test', 'env2=prod'] },
    { tags: ['env=prod'], members: [{ project_id: PARTNER }] },
    { tags: ['foreign=1'], owner: PARTNER, members: [{ project_id: emulator.projectId }] },
  )
  const reply = await emulator.get(`/v2/${emulator.projectId}/images/tags`)
  expect(reply.status).toBe(200)
  expect(reply.body).toEqual({
    tags: [
      { key: 'env', values: ['prod', 'test'] },
      { key: 'env2', values: ['prod'] },
      { key: 'plain', values: [''] },
    ],
  })
})

describe('the calls on the tags of an image refuse', () => {
  let emulator: TestEmulator
  let id = ''
  beforeAll(async () => {
    emulator = await startTestEmulator()
    ;[id = ''] = await addImages(emulator, { tags: ['kept=yes'] })
    return () => emulator.close()
  })
  afterAll(async () => {
    expect((await shown(emulator, id)).pairs).toEqual([{ key: 'kept', value: 'yes' }])
  })

  const long = (n: number) => 'x'.repeat(n)
  plain.each([
    ['an empty key', { key: '', value: 'v' }],
    ['a key of blanks', { key: '  ', value: 'v' }],
    ['a key of 37 characters', { key: long(37), value: 'v' }],
    ['a key with a forbidden character', { key: 'a=b', value: 'v' }],
    ['a key that is not a text', { key: 7, value: 'v' }],
    ['a value of 44 characters', { key: 'k', value: long(44) }],
    ['a value with a forbidden character', { key: 'k', value: 'a b' }],
    ['a tag without a value', { key: 'k' }],
    ['null for a value', { key: 'k', value: null }],
    ['a tag without a key', { value: 'v' }],
  ])('%s is refused with IMG.0115', async (_what, tag) => {
    expectRefusal(await emulator.post(tagsPath(emulator, id), { tag }), 'IMG.0115')
    const several = { action: 'create', tags: [{ key: 'fine', value: '' }, tag] }
    expectRefusal(await emulator.post(`${tagsPath(emulator, id)}/action`, several), 'IMG.0115')
  })

  plain.each([
    ['a body without a tag', {}, 'IMG.0115'],
    ['a body that is not an object', [], 'IMG.0001'],
  ])('%s is refused', async (_what, body, code) => {
    expectRefusal(await emulator.post(tagsPath(emulator, id), body), String(code))
  })

  const aTag = [{ key: 'a', value: '' }]
  plain.each([
    ['an action in capitals', { action: 'CREATE', tags: aTag }, 'IMG.0001'],
    ['an unknown action', { action: 'replace', tags: aTag }, 'IMG.0001'],
    ['a missing action', { tags: aTag }, 'IMG.0001'],
    ['an empty list of tags to create', { action: 'create', tags: [] }, 'IMG.0001'],
    ['a missing list of tags to create', { action: 'create' }, 'IMG.0001'],
    ['an empty list of tags to delete', { action: 'delete', tags: [] }, 'IMG.0001'],
    ['a key to create that occurs twice', { action: 'create', tags: [...aTag, ...aTag] }, 'IMG.0115'],
    ['a key to delete that occurs twice', { action: 'delete', tags: [...aTag, ...aTag] }, 'IMG.0115'],
    ['a key to delete of 128 characters', { action: 'delete', tags: [{ key: long(128) }] }, 'IMG.0115'],
    ['an empty key to delete', { action: 'delete', tags: [{ key: '' }] }, 'IMG.0115'],
    [
      'a value to delete of 256 characters',
      { action: 'delete', tags: [{ key: 'k', value: long(256) }] },
      'IMG.0115',
    ],
  ])('%s is refused', async (_what, body, code) => {
    expectRefusal(await emulator.post(`${tagsPath(emulator, id)}/action`, body), code)
  })

  plain.each([
    ['a malformed image id', 'not-an-id', 'IMG.0066'],
    ['an unknown image', NO_IMAGE, 'IMG.0027'],
  ])('%s is refused by every call', async (_what, image, code) => {
    const path = tagsPath(emulator, image)
    const tag = { key: 'a', value: '' }
    expectRefusal(await emulator.get(path), code)
    expectRefusal(await emulator.post(path, { tag }), code)
    expectRefusal(await emulator.post(`${path}/action`, { action: 'delete', tags: [tag] }), code)
    expectRefusal(await emulator.delete(`${path}/a`), code)
    const older = `/v1/${emulator.projectId}/cloudimages/${image}/tags/delete`
    expectRefusal(await emulator.delete(older, { tags: [tag] }), code)
  })

  plain('a public image is refused with IMG.0047', async () => {
    expectRefusal(
      await emulator.post(tagsPath(emulator, PUBLIC), { tag: { key: 'a', value: '' } }),
      'IMG.0047',
    )
    expect((await emulator.get(tagsPath(emulator, PUBLIC))).body).toEqual({ tags: [] })
  })

  plain('another project in the path is refused with IMG.0030', async () => {
    const path = `/v2/${PARTNER}/images`
    expectRefusal(await emulator.get(`${path}/tags`), 'IMG.0030')
    expectRefusal(await emulator.get(`${path}/${id}/tags`), 'IMG.0030')
    expectRefusal(await emulator.delete(`${path}/${id}/tags/kept`), 'IMG.0030')
  })

  plain('a request without a body is refused with IMG.0007', async () => {
    expectRefusal(await emulator.post(tagsPath(emulator, id)), 'IMG.0007')
  })
})
