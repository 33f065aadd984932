import { beforeAll, describe, test as plain } from 'vitest'
import { expect, startTestEmulator, type TestEmulator, test } from '../../emulator.ts'
import { addImages, expectRefusal, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'

const PATH = '/v1/cloudimages/tags'
const PUBLIC = '1ef2a30f-80ce-47cc-896a-b3aed49017be'

async function stringsOf(emulator: TestEmulator, id: string): Promise<string[]> {
  return (await emulator.get(`/v2/cloudimages?id=${id}`)).body.images[0].tags
}

test('a tag in the dotted form is split at its first dot', async ({ emulator }) => {
  const [id = ''] = await addImages(emulator, {})
  for (const tag of ['version.1.2', 'env.', 'plain']) {
    const reply = await emulator.put(PATH, { image_id: id, tag })
    expect([reply.status, reply.text]).toEqual([204, ''])
  }
  expect(await stringsOf(emulator, id)).toEqual(['version=1.2', 'env', 'plain'])
})

test('a tag as key and value adds a key, or replaces the value of an existing one', async ({ emulator }) => {
  const [id = ''] = await addImages(emulator, { tags: ['env=test'] })
  for (const image_tag of [
    { key: 'env', value: 'prod' },
    { key: 'team', value: '' },
  ]) {
    const reply = await emulator.put(PATH, { image_id: id, image_tag })
    expect([reply.status, reply.text]).toEqual([204, ''])
  }
  expect(await stringsOf(emulator, id)).toEqual(['env=prod', 'team'])
})

test('an eleventh tag is refused with IMG.0116', async ({ emulator }) => {
  const tags = Array.from({ length: 10 }, (_, n) => `key-${n}=v`)
  const [id = ''] = await addImages(emulator, { tags })
  expectRefusal(await emulator.put(PATH, { image_id: id, tag: 'eleventh.v' }), 'IMG.0116')
  expect(await stringsOf(emulator, id)).toEqual(tags)
})

describe('a tag for an image is refused', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    await addImages(emulator, { tags: ['kept=yes'] })
    return () => emulator.close()
  })

  const id = imageId(1)
  const image_tag = { key: 'k', value: 'v' }
  plain.each([
    ['when the image is missing', { tag: 'k.v' }, 'IMG.0066'],
    ['when the image id is malformed', { image_id: 'x', tag: 'k.v' }, 'IMG.0066'],
    ['when the image is unknown', { image_id: NO_IMAGE, tag: 'k.v' }, 'IMG.0027'],
    ['when the image is public', { image_id: PUBLIC, tag: 'k.v' }, 'IMG.0047'],
    ['when neither form is sent', { image_id: id }, 'IMG.0115'],
    ['when both forms are sent', { image_id: id, tag: 'k.v', image_tag }, 'IMG.0115'],
    ['when it has no key', { image_id: id, tag: '.v' }, 'IMG.0115'],
    ['when it is not a text', { image_id: id, tag: 1 }, 'IMG.0115'],
    ['when its key has a blank inside', { image_id: id, tag: 'a b.v' }, 'IMG.0115'],
    ['when its value has an equals sign', { image_id: id, image_tag: { key: 'k', value: '=' } }, 'IMG.0115'],
    ['when its value is missing', { image_id: id, image_tag: { key: 'k' } }, 'IMG.0115'],
  ])('a tag is refused %s', async (_when, body, code) => {
    expectRefusal(await emulator.put(PATH, body), code)
    expect(await stringsOf(emulator, id)).toEqual(['kept=yes'])
  })
})

describe('the tags of images are listed', () => {
  let emulator: TestEmulator
  beforeAll(async () => {
    emulator = await startTestEmulator()
    await addImages(
      emulator,
      { name: 'old', tags: ['env=prod', 'plain'], created_at: '2024-01-01T00:00:00Z' },
      { name: 'middle', tags: ['env=test', 'env=prod'], created_at: '2024-01-02T00:00:00Z', min_disk: 2 },
      {
        name: 'shared out',
        tags: ['team=core'],
        created_at: '2024-01-03T00:00:00Z',
        members: [{ project_id: PARTNER }],
        attributes: { __os_version: 'CentOS 7.6 64bit', enterprise_project_id: '0' },
      },
      { name: 'foreign', tags: ['theirs'], owner: PARTNER, members: [{ project_id: emulator.projectId }] },
    )
    return () => emulator.close()
  })

  plain.each([
    [
      'of all own images, each once and in order, without those of others,',
      '',
      'env=prod env=test plain team=core',
    ],
    ['of images with a name', '?name=old', 'env=prod plain'],
    ['of images with a tag', '?tag=env%3Dtest', 'env=prod env=test'],
    ['of images of a platform', '?__platform=CentOS', 'team=core'],
    ['of images with a minimum disk', '?min_disk=2', 'env=prod env=test'],
    ['of images in a status', '?status=queued', ''],
    ['of private images that are shared with nobody', '?__imagetype=private', 'env=prod env=test plain'],
    ['of shared images, in and out,', '?__imagetype=shared', 'team=core theirs'],
    ['of images made before a time', '?created_at=lt:2024-01-02T00:00:00Z', 'env=prod plain'],
    ['of images after a marker, newest first,', `?marker=${imageId(3)}`, 'env=prod env=test plain'],
    ['on the first page', '?limit=3&page=1', 'env=prod env=test plain'],
    ['on the second page', '?limit=3&page=2', 'team=core'],
    ['on a page after the last', '?limit=3&page=3', ''],
  ])('the tags %s are listed', async (_which, query, tags) => {
    const reply = await emulator.get(`${PATH}${query}`)
    expect(reply.status).toBe(200)
    expect(reply.body).toEqual({ tags: tags === '' ? [] : tags.split(' ') })
  })

  plain.each([
    ['page=0', 'IMG.0001'],
    ['page=first', 'IMG.0001'],
    ['limit=0', 'IMG.0001'],
    ['min_disk=large', 'IMG.0001'],
    [`marker=${NO_IMAGE}`, 'IMG.0027'],
  ])('a list of tags with %s is refused with %s', async (query, code) => {
    expectRefusal(await emulator.get(`${PATH}?${query}`), code)
  })
})
