import { beforeAll, describe, test as plain } from 'vitest'
import { services } from '../../src/services/index.ts'
import { expect, startTestEmulator, type TestEmulator } from '../emulator.ts'
import { addImages, expectRefusal, imageId } from '../private-image.ts'

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator()
  await addImages(
    emulator,
    { name: 'own', tags: ['env=test'], attributes: { colour: 'blue' } },
    { name: 'other' },
  )
  return () => emulator.close()
})

/** The fields of the last request that nothing read. */
async function unread(): Promise<string[]> {
  return (await emulator.get('/_ims/journal?limit=1')).body.requests[0].unread
}

const names = (reply: { body: { images: { name: string }[] } }) =>
  reply.body.images.map(({ name }) => name).sort()

/** Reading operations; the native list compares any parameter with a property, as Glance does, and has tests of its own below. */
const READ_OPERATIONS = services.huawei.flatMap(({ id: service, operations }) =>
  operations.flatMap(({ id, method, path }) => {
    const others = path.replaceAll(/\{(?:project|image)_id\}/g, '')
    const isRead = method === 'GET' && service !== 'obs' && id !== 'GlanceListImages'
    return isRead && !others.includes('{') ? [[id, path] as const] : []
  }),
)

describe('a parameter that means nothing', () => {
  plain.each(READ_OPERATIONS)('changes no answer of %s and is unread in the journal', async (_id, path) => {
    const place = path.replace('{project_id}', emulator.projectId).replace('{image_id}', imageId(1))
    const without = await emulator.get(place)
    const reply = await emulator.get(`${place}?no_such_filter=1`)
    expect(await unread()).toEqual(['query.no_such_filter'])
    // Links repeat the query.
    const text = reply.text.replaceAll('?no_such_filter=1', '')
    expect([reply.status, text]).toEqual([without.status, without.text])
  })

  plain.each(['size_min=1', 'size_max=999', 'size=1', 'no_such=1', '__os_typ=Linux', 'os_hidden=false'])(
    'does not empty the list of images: %s',
    async (query) => {
      expect(names(await emulator.get(`/v2/cloudimages?__imagetype=private&${query}`))).toEqual([
        'other',
        'own',
      ])
      expect(await unread()).toEqual([`query.${query.split('=')[0]}`])
    },
  )

  plain('does not empty the list of tags', async () => {
    expect((await emulator.get('/v1/cloudimages/tags?size_min=1')).body).toEqual({ tags: ['env=test'] })
    expect(await unread()).toEqual(['query.size_min'])
  })
})

describe('a filter on the list of images', () => {
  plain('compares an attribute that an image has', async () => {
    expect(names(await emulator.get('/v2/cloudimages?colour=blue'))).toEqual(['own'])
    expect(names(await emulator.get('/v2/cloudimages?colour=red'))).toEqual([])
    expect(await unread()).toEqual([])
  })

  plain('compares an attribute that only a deleted image had: the list does not fill up again', async () => {
    await addImages(emulator, { id: imageId(9), attributes: { shape: 'round' } })
    expect((await emulator.delete(`/v2/images/${imageId(9)}`)).status).toBe(204)
    expect(names(await emulator.get('/v2/cloudimages?shape=round'))).toEqual([])
    expect(await unread()).toEqual([])
  })

  plain.each(['__support_s4l=true', '__originalimagename=x', 'max_ram=7', 'virtual_env_type=IsoImage'])(
    'compares an attribute that the cloud knows, when no image has it: %s',
    async (query) => {
      expect(names(await emulator.get(`/v2/cloudimages?__imagetype=private&${query}`))).toEqual([])
      expect(await unread()).toEqual([])
    },
  )
})

describe('a filter on the native list of images', () => {
  const list = (query: string) => emulator.get(`/v2/images?__imagetype=private&${query}`)

  plain('compares a property that no image has, as Glance does, and is unread in the journal', async () => {
    expect(names(await list('no_such=1'))).toEqual([])
    expect(await unread()).toEqual(['query.no_such'])
  })

  plain('is read when an image has the property, and when it is one of the cloud', async () => {
    expect(names(await list('colour=blue'))).toEqual(['own'])
    expect(await unread()).toEqual([])
    expect(names(await list('__support_xen=true'))).toEqual([])
    expect(await unread()).toEqual([])
    expect(names(await list('size_min=0'))).toEqual(['other', 'own'])
    expect(await unread()).toEqual([])
  })

  plain('is unread when it is ignored', async () => {
    expect(names(await list('page=2&offset=1&deleted=true'))).toEqual(['other', 'own'])
    expect(await unread()).toEqual(['query.deleted', 'query.page', 'query.offset'])
  })
})

plain('a property that no image has is unread in the list of a stock Glance too', async () => {
  await using stock = await startTestEmulator({ glance: 'stock', scenario: 'glance-stock' })
  const reply = await stock.get('/v2/images?no_such=1', { token: 'tok-a' })
  expect([reply.status, reply.body.images]).toEqual([200, []])
  const { requests } = (await stock.get('/_ims/journal?limit=1')).body
  expect(requests[0]?.unread).toEqual(['query.no_such'])
})

plain.each(['2018-02-30T00:00:00Z', '2018-02-29T00:00:00Z', '2018-04-31T00:00:00Z'])(
  'a day that its month does not have is refused by both lists: %s',
  async (time) => {
    expectRefusal(await emulator.get(`/v2/cloudimages?created_at=gt:${time}`), 'IMG.0001')
    expectRefusal(await emulator.get(`/v2/cloudimages?updated_at=${time}`), 'IMG.0001')
    expect((await emulator.get(`/v2/images?created_at=gt:${time}`)).status).toBe(400)
  },
)
