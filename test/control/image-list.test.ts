import { describe } from 'vitest'
import { expect, type TestEmulator, test } from '../emulator.ts'
import { addImages, imageId, NO_IMAGE, PARTNER } from '../private-image.ts'
import { workbookRows } from '../workbook.ts'

const HEADER = 'Name,ID,Status,OS,Image Type,Created,Disk Capacity,Shared Disks,Image Size,Encryption'

async function lines(emulator: TestEmulator, query = ''): Promise<string[]> {
  const { status, text } = await emulator.get(`/_ims/images.csv${query}`, { token: null })
  expect(status).toBe(200)
  expect(text.endsWith('\r\n')).toBe(true)
  return text.split('\r\n').slice(0, -1)
}

describe('the list of private images', () => {
  test('has the columns of the console and a row for each image of the project, the latest first', async ({
    emulator,
  }) => {
    const created = { created_at: '2026-01-02T03:04:05Z' }
    await addImages(
      emulator,
      {
        name: 'web',
        min_disk: 40,
        size: 1_610_612_736,
        created_at: '2026-02-02T03:04:05Z',
        attributes: { __os_version: 'CentOS 7.6 64bit' },
      },
      {
        ...created,
        name: 'data',
        status: 'queued',
        attributes: { virtual_env_type: 'DataImage', __system__cmkid: 'key', __os_type: 'Linux' },
      },
      { ...created, name: 'theirs', owner: PARTNER },
    )
    expect(await lines(emulator)).toEqual([
      HEADER,
      `web,${imageId(1)},Normal,CentOS 7.6 64bit,ECS system disk image,2026-02-02T03:04:05Z,40 GB,,1.5 GB,No`,
      `data,${imageId(2)},Creating,Linux,ECS data disk image,2026-01-02T03:04:05Z,1 GB,,,Yes`,
    ])
    expect(await lines(emulator, `?project_id=${PARTNER}`)).toHaveLength(2)
  })

  test('tells the size of an imported image', async ({ emulator }) => {
    const id = await emulator.importImage({ name: 'tiny' })
    const [, row] = await lines(emulator, `?ids=${id}`)
    expect(row?.split(',').slice(-2)).toEqual(['96 KB', 'No'])
  })

  test('has the images that were selected, and refuses an id that is none of them', async ({ emulator }) => {
    const [one] = await addImages(emulator, { name: 'one' }, { name: 'two' })
    expect(await lines(emulator, `?ids=${one}`)).toHaveLength(2)
    const refused = await emulator.get(`/_ims/images.csv?ids=${one},${NO_IMAGE}`)
    expect([refused.status, refused.body.detail]).toEqual([
      404,
      `ids: no private image of the project has the id ${NO_IMAGE}`,
    ])
    expect((await emulator.get('/_ims/images.csv?project_id=none')).status).toBe(404)
    expect((await emulator.get('/_ims/images.csv?imagetype=market')).status).toBe(400)
  })

  test('puts a name with commas and quotes into quotes', async ({ emulator }) => {
    await addImages(emulator, { name: 'a, "b"' })
    expect((await lines(emulator))[1]).toMatch(/^"a, ""b""",/)
  })

  test('is a file with the name that the console gives it', async ({ emulator }) => {
    const { headers } = await emulator.get('/_ims/images.csv')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="private-images-cn-north-4-\d{8}T\d{6}Z\.csv"$/,
    )
  })
})

test('the list of public images has their columns', async ({ emulator }) => {
  const [header, ...rows] = await lines(emulator, '?imagetype=public')
  expect(header).toBe('Name,Status,OS,Image Type,Created,System Disk,Minimum Memory')
  const { images } = (await emulator.get('/v2/cloudimages?__imagetype=gold')).body
  expect(rows).toHaveLength(images.length)
  expect(rows.some((row) => /^CentOS 7\.6 64bit,Normal,CentOS 7\.6 64bit,ECS system/.test(row))).toBe(true)
})

test('the workbook has the cells of the CSV', async ({ emulator }) => {
  await addImages(emulator, { name: 'Müller & Söhne <1>' }, { name: '=1+1' }, { name: 'a,b' })
  const bytes = await new Response(await emulator.imageList({ format: 'xlsx' })).bytes()
  const rows = workbookRows(Buffer.from(bytes))
  expect(rows[0]).toEqual(HEADER.split(','))
  expect(rows.slice(1).map(([name]) => name)).toEqual(['a,b', '=1+1', 'Müller & Söhne <1>'])
  expect(rows[1]?.slice(1, 5)).toEqual([imageId(3), 'Normal', '', 'ECS system disk image'])
  const { headers } = await emulator.get('/_ims/images.xlsx?imagetype=public')
  expect(headers.get('content-disposition')).toMatch(/filename="public-images-cn-north-4-.*\.xlsx"$/)
})

test('the test kit gives the list of selected images', async ({ emulator }) => {
  const [one] = await addImages(emulator, { name: 'one' }, { name: 'two' })
  const csv = await new Response(await emulator.imageList({ ids: [one ?? ''] })).text()
  expect(csv.split('\r\n')[1]).toMatch(/^one,/)
})
