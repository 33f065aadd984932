import { describe } from 'vitest'
import { expect, type TestEmulator, test } from '../../emulator.ts'

async function describeImages(emulator: TestEmulator, images: Record<string, unknown>[]): Promise<string[]> {
  const ids: string[] = []
  for (const fields of images) {
    await emulator.advance('1s')
    ids.push((await emulator.post('/v2/images', fields)).body.id)
  }
  return ids
}

async function names(emulator: TestEmulator, query: string): Promise<string[]> {
  const reply = await emulator.get(`/v2/images?__imagetype=private&${query}`)
  expect(reply.status).toBe(200)
  return reply.body.images.map(({ name }: { name: string }) => name)
}

const three = [
  { name: 'a', disk_format: 'qcow2', tags: ['team=web', 'green'], min_ram: 1 },
  { name: 'b', disk_format: 'raw', tags: ['team=db'], min_ram: 2 },
  { name: 'c', disk_format: 'zvhd2', tags: ['team=web'], colour: 'blue', min_ram: 3 },
]

describe('GET /v2/images', () => {
  test('lists 25 public images without a query, with links to the first and the next page', async ({
    emulator,
  }) => {
    const { status, body } = await emulator.get('/v2/images')
    expect(status).toBe(200)
    expect({ ...body, images: body.images.length }).toEqual({
      images: 25,
      first: '/v2/images',
      next: `/v2/images?marker=${body.images.at(-1).id}`,
      schema: '/v2/schemas/images',
    })
  })

  test.for([
    ['', ['c', 'b', 'a']],
    ['name=b', ['b']],
    ['name=in:a,c', ['c', 'a']],
    ['disk_format=in:raw,zvhd2&sort=name:asc', ['b', 'c']],
    ['tag=team%3Dweb', ['c', 'a']],
    ['tag=team%3Dweb&tag=green', ['a']],
    ['colour=blue', ['c']],
    ['min_ram_min=2', ['c', 'b']],
    ['min_ram=2', ['b']],
    ['status=active', []],
    ['status=deleted', []],
    ['sort_key=name&sort_dir=asc', ['a', 'b', 'c']],
    ['__isregistered=true&page=1&offset=3', ['c', 'b', 'a']],
    ['__os_type=Linux&protected=false', ['c', 'b', 'a']],
    ['created_at=gt:2000-01-01T00:00:00Z&created_at=lt:2099-01-01T00:00:00Z', ['c', 'b', 'a']],
    ['created_at=lt:2000-01-01T00:00:00Z&created_at=lt:2099-01-01T00:00:00Z', []],
    ['owner=somebody', []],
  ] as const)('lists for the query "%s" the images %j', async ([query, found], { emulator }) => {
    await describeImages(emulator, three)
    expect(await names(emulator, query)).toEqual(found)
  })

  test('reaches every page by the links of the pages', async ({ emulator }) => {
    await describeImages(emulator, three)
    const seen: string[][] = []
    let next: string | undefined = '/v2/images?__imagetype=private&limit=2&sort=name:asc'
    while (next !== undefined) {
      const { body } = await emulator.get(next)
      seen.push(body.images.map(({ name }: { name: string }) => name))
      next = body.next
    }
    expect(seen).toEqual([['a', 'b'], ['c']])
  })

  test.for([
    ['limit=x', 400, 'limit param must be an integer'],
    ['limit=0', 400, 'limit param must be positive'],
    ['sort_key=colour', 400, 'Invalid sort key: colour.'],
    ['sort=name:up', 400, 'Invalid sort direction: up'],
    ['created_at=yesterday', 400, 'Bad "created_at" query filter format. Use ISO 8601 DateTime notation.'],
    ['protected=maybe', 400, "Invalid value 'maybe' for 'protected' filter."],
    ['member_status=maybe', 400, 'Invalid status: maybe'],
    ['name=like:a', 400, "Unable to filter by unknown operator 'like'."],
    ['marker=nowhere', 400, 'No image found with ID nowhere'],
  ] as const)('refuses the query "%s" with %i', async ([query, status, text], { emulator }) => {
    const reply = await emulator.get(`/v2/images?${query}`, { headers: { Accept: 'application/json' } })
    expect(reply.status).toBe(status)
    expect(reply.body.message).toContain(text)
  })

  test('lists a shared image for a member that accepted it, and as shared for its owner', async ({
    emulator,
  }) => {
    const id = await emulator.importImage({ name: 'ours' })
    const partner = { token: 'partner-token' }
    const find = async (query: string, sent = {}) =>
      (await emulator.get(`/v2/images?${query}`, sent)).body.images.map((image: { id: string }) => image.id)
    const member = '0605767b4480d5872f0ec00af5c37a9b'
    expect((await emulator.post(`/v2/images/${id}/members`, { member })).status).toBe(200)
    expect(await find('visibility=private')).toEqual([])
    expect(await find('visibility=shared')).toEqual([id])
    expect(await find('__imagetype=shared', partner)).toEqual([])
    expect(await find('visibility=shared&member_status=pending', partner)).toEqual([id])
    await emulator.put(`/v2/images/${id}/members/${member}`, { status: 'accepted' }, partner)
    expect(await find('__imagetype=shared', partner)).toEqual([id])
  })
})
