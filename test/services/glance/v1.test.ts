import { describe } from 'vitest'
import { expect, test } from '../../emulator.ts'

const TIME = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/)

describe('the first version of the image API', () => {
  test('returns an image in headers', async ({ emulator }) => {
    const id = await emulator.importImage()
    const { body } = await emulator.get(`/v2/images/${id}`)
    const reply = await emulator.request('HEAD', `/v1/images/${id}`)
    expect([reply.status, reply.text, reply.headers.get('content-type')]).toEqual([
      200,
      '',
      'text/html; charset=UTF-8',
    ])
    const shown = Object.fromEntries(
      [...reply.headers].filter(([name]) => name === 'etag' || /^x-image-meta-(?!property)/.test(name)),
    )
    expect(shown).toEqual({
      etag: body.checksum,
      'x-image-meta-id': id,
      'x-image-meta-name': 'tiny',
      'x-image-meta-status': 'active',
      'x-image-meta-is_public': 'False',
      'x-image-meta-protected': 'False',
      'x-image-meta-deleted': 'False',
      'x-image-meta-owner': emulator.projectId,
      'x-image-meta-container_format': 'bare',
      'x-image-meta-disk_format': 'zvhd2',
      'x-image-meta-min_disk': '1',
      'x-image-meta-min_ram': '0',
      'x-image-meta-size': String(body.size),
      'x-image-meta-virtual_size': String(body.virtual_size),
      'x-image-meta-checksum': body.checksum,
      'x-image-meta-created_at': TIME,
      'x-image-meta-updated_at': TIME,
    })
    expect(reply.headers.get('x-image-meta-property-__os_type')).toBe('Linux')
    expect((await emulator.request('HEAD', '/v1/images/nowhere')).status).toBe(404)
  })

  test('lists images with their attributes under properties, by its own filters', async ({ emulator }) => {
    const id = await emulator.importImage({ name: 'wanted' })
    const { body } = await emulator.get(`/v2/images/${id}`)
    const reply = await emulator.get('/v1.1/images/detail?name=wanted&size_min=1')
    expect(reply.body).toEqual({
      images: [
        {
          id,
          name: 'wanted',
          status: 'active',
          is_public: false,
          protected: false,
          deleted: false,
          deleted_at: null,
          owner: emulator.projectId,
          container_format: 'bare',
          disk_format: 'zvhd2',
          min_disk: 1,
          min_ram: 0,
          size: body.size,
          virtual_size: body.virtual_size,
          checksum: body.checksum,
          created_at: TIME,
          updated_at: TIME,
          properties: expect.objectContaining({ __isregistered: 'true', __os_type: 'Linux' }),
        },
      ],
    })
    const none = '/v1.1/images/detail?name=wanted&changes-since=2099-01-01T00:00:00Z'
    expect((await emulator.get(none)).body).toEqual({ images: [] })
  })

  test('deletes an image with 200, and refuses the same images as the second version', async ({
    emulator,
  }) => {
    const { id } = (await emulator.post('/v2/images', {})).body
    const reply = await emulator.delete(`/v1.1/images/${id}`)
    expect([reply.status, reply.text]).toEqual([200, ''])
    expect((await emulator.get(`/v2/images/${id}`)).status).toBe(404)
    const listed = await emulator.get('/v2/images?__imagetype=gold&limit=1')
    const refused = await emulator.delete(`/v1.1/images/${listed.body.images[0].id}`)
    expect([refused.status, refused.body.error.code]).toEqual([400, 'IMG.0094'])
  })
})
