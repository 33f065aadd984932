import { describe } from 'vitest'
import { imageNames, jobOf } from '../../demo-world.ts'
import { expect, type TestEmulator, test } from '../../emulator.ts'
import { putBytes } from '../../objects.ts'
import { expectRefusal } from '../../private-image.ts'

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
