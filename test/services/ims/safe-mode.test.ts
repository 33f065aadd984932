import { describe } from 'vitest'
import { diskOf, imageNames, jobOf, KEY, SERVER } from '../../demo-world.ts'
import { expect, type TestEmulator, test } from '../../emulator.ts'
import { putBytes } from '../../objects.ts'
import { addImages, expectRefusal } from '../../private-image.ts'
import { DOMAIN, strictTest } from '../../tenants.ts'

interface Twin {
  operation: string
  path: (imageId: string) => string
  good: object
  bad: object
  code: string
}

const file = { name: 'twin', image_url: 'images:tiny.qcow2', min_disk: 1 }
const quick = { ...file, image_url: 'images:disk.zvhd2', os_version: 'CentOS 7.6 64bit' }
const target = { bucket_url: 'images:twin.vhd', file_format: 'vhd', is_quick_export: false }

const TWINS: Twin[] = [
  { operation: 'CreateImage', path: () => '/v2.1/cloudimages/action', good: file, bad: {}, code: 'IMG.0013' },
  {
    operation: 'CreateDataImage',
    path: () => '/v2.1/cloudimages/dataimages/action',
    good: file,
    bad: { ...file, os_type: 'Other' },
    code: 'IMG.0122',
  },
  {
    operation: 'ImportImageQuick',
    path: () => '/v2.1/cloudimages/quickimport/action',
    good: quick,
    bad: file,
    code: 'IMG.0159',
  },
  {
    operation: 'CopyImageInRegion',
    path: (id) => `/v2.1/cloudimages/${id}/copy`,
    good: { name: 'twin' },
    bad: { name: 'a/b' },
    code: 'IMG.0003',
  },
  {
    operation: 'ExportImage',
    path: (id) => `/v2.1/cloudimages/${id}/file`,
    good: target,
    bad: { ...target, file_format: 'raw' },
    code: 'IMG.0072',
  },
]

async function published(emulator: TestEmulator): Promise<string[]> {
  const { body } = await emulator.get('/_ims/openapi.json')
  return Object.entries<Record<string, { operationId: string }>>(body.paths)
    .filter(([path]) => path.startsWith('/v2.1/'))
    .flatMap(([, methods]) => Object.values(methods).map(({ operationId }) => operationId))
}

describe('safe mode', () => {
  test.for(TWINS)(
    'the safe mode of $operation checks and does what the call itself does',
    async ({ path, good, bad, code }, { emulator }) => {
      putBytes(emulator, 'images', 'disk.zvhd2', 'zvhd2')
      const id = await emulator.importImage()
      expectRefusal(await emulator.post(path(id), bad), code)
      expect(await imageNames(emulator)).toEqual(['tiny'])
      const job = jobOf(await emulator.post(path(id), good))
      await emulator.advance()
      expect((await emulator.job(job)).body.status).toBe('SUCCESS')
    },
  )

  test('the OpenAPI document has exactly these five calls in safe mode', async ({ emulator }) => {
    const names = TWINS.map(({ operation }) => `${operation}InSafeMode`)
    expect((await published(emulator)).sort()).toEqual(names.sort())
  })
})

/** Adds a user who may do everything except the actions, and returns its token. */
async function userWithout(emulator: TestEmulator, ...denied: string[]) {
  const name = `without ${denied.join(' and ')}`
  const document = {
    Version: '1.1',
    Statement: [
      { Effect: 'Allow', Action: ['*:*:*'] },
      { Effect: 'Deny', Action: denied },
    ],
  }
  const added = await emulator.post('/_ims/fixtures', {
    policies: [{ name, domain_id: DOMAIN, document }],
    users: [{ id: name, name, project_id: emulator.projectId, roles: [name], token: name }],
  })
  expect(added.status).toBe(201)
  return { token: name }
}

describe('the rights of a caller to the keys of encrypted images', () => {
  const data = { name: 'data', volume_id: diskOf(13, 2) }
  strictTest.for<[what: string, path: string, body: object, code: string, action: string]>([
    ['an import with a key', 'action', { ...file, cmk_id: KEY.demo }, 'IMG.0099', 'kms:cmk:get'],
    ['an import with a key', 'action', { ...file, cmk_id: KEY.demo }, 'IMG.0099', 'kms:dek:create'],
    [
      'an image of an encrypted server',
      'action',
      { name: 'twin', instance_id: SERVER.encrypted },
      'IMG.0099',
      'kms:dek:create',
    ],
    ['an image of an encrypted disk', 'action', { data_images: [data] }, 'IMG.0099', 'kms:dek:create'],
    [
      'a data image with a key',
      'dataimages/action',
      { ...file, cmk_id: KEY.demo },
      'IMG.0099',
      'kms:dek:create',
    ],
    ['a copy with another key', 'copy', { name: 'twin', cmk_id: KEY.other }, 'IMG.0099', 'kms:dek:create'],
    ['a copy of an encrypted image', 'copy', { name: 'twin' }, 'IMG.0103', 'kms:cmk:get'],
    ['an export of an encrypted image', 'file', target, 'IMG.0103', 'kms:cmk:get'],
  ])('%s in safe mode needs %s', async ([, call, body, code, action], { emulator }) => {
    const [id = ''] = await addImages(emulator, { attributes: { __system__cmkid: KEY.demo } })
    const below = call === 'copy' || call === 'file' ? `/cloudimages/${id}/${call}` : `/cloudimages/${call}`
    const refused = await emulator.post(`/v2.1${below}`, body, await userWithout(emulator, action))
    expect([refused.status, refused.body.error.code, refused.body.error.message]).toEqual([
      400,
      code,
      expect.stringContaining(`Policy doesn't allow ${action} to be performed.`),
    ])
    expect((await emulator.get('/_ims/clock')).body.planned).toBe(0)
    const older = call === 'action' ? `/v2${below}` : `/v1${below}`
    expect((await emulator.post(older, body, await userWithout(emulator, 'kms:*:*'))).status).toBe(200)
  })

  strictTest('are not asked for where nothing is encrypted', async ({ emulator }) => {
    const who = await userWithout(emulator, 'kms:*:*')
    expect((await emulator.post('/v2.1/cloudimages/action', file, who)).status).toBe(200)
    const [id = ''] = await addImages(emulator, {})
    expect((await emulator.post(`/v2.1/cloudimages/${id}/copy`, { name: 'twin' }, who)).status).toBe(200)
  })

  strictTest('count for a single key, and are explained', async ({ emulator }) => {
    const allowed = `kms:cn-north-4:${DOMAIN}:KeyId:${KEY.demo}`
    const document = {
      Version: '5.0',
      Statement: [
        { Effect: 'Allow', Action: ['ims:*:*', 'obs:*:*'] },
        { Effect: 'Allow', Action: ['kms:cmk:get', 'kms:dek:create'], Resource: [allowed] },
      ],
    }
    await emulator.post('/_ims/fixtures', {
      policies: [{ name: 'one key', domain_id: DOMAIN, document }],
      users: [{ id: 'u', name: 'one', project_id: emulator.projectId, roles: ['one key'], token: 'one' }],
    })
    const importWith = (cmk_id: string) =>
      emulator.post('/v2.1/cloudimages/action', { ...file, cmk_id }, { token: 'one' })
    expect((await importWith(KEY.demo)).status).toBe(200)
    expect((await importWith(KEY.other)).body.error.code).toBe('IMG.0099')
    const question = { user: 'one', method: 'POST', path: '/v2.1/cloudimages/action' }
    const { actions } = (await emulator.post('/_ims/authorize', question)).body
    expect(actions.map(({ action, when }: Record<string, string>) => [action, when])).toEqual([
      ['ims:serverImages:create', undefined],
      ['ecs:cloudServers:get', 'the image is made of a server'],
      ['evs:volumes:get', 'the image is made of disks'],
      [
        'obs:object:GetObject',
        'the image is made of a file in a bucket; the policy of the bucket may allow it too',
      ],
      ['kms:cmk:get', 'the image is encrypted, or is going to be'],
      ['kms:dek:create', 'the image is going to be encrypted'],
    ])
  })
})
