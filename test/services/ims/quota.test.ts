import { expect, test } from '../../emulator.ts'
import { addImages, expectRefusal, imageId, PARTNER } from '../../private-image.ts'

const limits = { min: 1, max: 1000 }

test('the quotas of a new project are unused', async ({ emulator }) => {
  const reply = await emulator.get('/v1/cloudimages/quota')
  expect(reply.status).toBe(200)
  expect(reply.body).toEqual({
    quotas: {
      resources: [
        { type: 'image', used: 0, quota: 100, ...limits },
        { type: 'image_shared', used: 0, quota: 100, ...limits },
        { type: 'image_member', used: 0, quota: 256, ...limits },
      ],
    },
  })
})

test('the quota counts images in any state, accepted shared images, and the members of the image with most', async ({
  emulator,
}) => {
  await addImages(
    emulator,
    { members: [{ project_id: PARTNER }] },
    { members: [{ project_id: PARTNER, status: 'pending' }] },
    { status: 'queued' },
    { owner: PARTNER, members: [{ project_id: emulator.projectId }] },
  )
  const reply = await emulator.get('/v1/cloudimages/quota')
  expect(reply.body.quotas.resources.map(({ type, used }: Record<string, unknown>) => [type, used])).toEqual([
    ['image', 3],
    ['image_shared', 1],
    ['image_member', 1],
  ])
})

test('an image counts from the submission of its job until its deletion', async ({ emulator }) => {
  const used = async () => (await emulator.get('/v1/cloudimages/quota')).body.quotas.resources[0].used
  const file = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
  await emulator.post('/v2/cloudimages/action', file)
  expect(await used()).toBe(1)
  await emulator.advance()
  const [imported] = (await emulator.get('/v2/cloudimages?__imagetype=private')).body.images
  await emulator.delete(`/v2/images/${imported.id}`)
  expect(await used()).toBe(0)
})

test('every call that adds tags respects the limit of the project', async ({ emulator }) => {
  await addImages(emulator, { tags: ['one'] })
  await emulator.patch('/_ims/quotas', { projects: { [emulator.projectId]: { tags_per_image: 1 } } })
  const id = imageId(1)
  const file = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1, tags: ['one', 'two'] }
  expectRefusal(await emulator.put('/v1/cloudimages/tags', { image_id: id, tag: 'two' }), 'IMG.0116')
  const tags = `/v2/${emulator.projectId}/images/${id}/tags`
  const two = { key: 'two', value: '' }
  expectRefusal(await emulator.post(tags, { tag: two }), 'IMG.0116')
  expectRefusal(await emulator.post(`${tags}/action`, { action: 'create', tags: [two] }), 'IMG.0116')
  expectRefusal(await emulator.post('/v2/cloudimages/action', file), 'IMG.0116')
  expectRefusal(await emulator.put(`/v2/images/${id}/tags/two`), 'IMG.0116')
  expectRefusal(await emulator.post('/v2/images', { name: 'described', tags: ['one', 'two'] }), 'IMG.0116')
})

test('a request without credentials is refused by the gateway', async ({ emulator }) => {
  const reply = await emulator.get('/v1/cloudimages/quota', { token: null })
  expect(reply.status).toBe(401)
  expect(reply.body).toEqual({
    error_code: 'APIGW.0301',
    error_msg: 'Incorrect IAM authentication information: x-auth-token not found',
    request_id: reply.headers.get('x-request-id'),
  })
})
