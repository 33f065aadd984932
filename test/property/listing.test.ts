import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asPartner } from '../private-image.ts'
import { anImage, type Listed, list, STATUSES, TAGS, worldOf } from './populations.ts'

/** A filter as a query parameter, and its meaning as a predicate. */
interface Filter {
  parameter: string
  fits(image: Listed): boolean
}

const equal = (name: string, value: string, field: string | number | boolean = value): Filter => ({
  parameter: `${name}=${encodeURIComponent(value)}`,
  fits: (image) => image[name] === field,
})

const OPERATORS: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
}
const time = (name: string) =>
  fc
    .record({
      operator: fc.constantFrom(...Object.keys(OPERATORS)),
      at: fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-01T00:00:01Z', '2024-03-01T00:00:00Z'),
    })
    .map(
      ({ operator, at }): Filter => ({
        parameter: `${name}=${operator}:${at}`,
        fits: (image) => OPERATORS[operator]?.(String(image[name]), at) ?? false,
      }),
    )

const isArm = (image: Listed) => image.__support_arm === 'true'

const aFilter: fc.Arbitrary<Filter> = fc.oneof(
  fc.constantFrom('a', 'b', 'B', 'image 1', 'none').map((name) => equal('name', name)),
  fc.constantFrom(...STATUSES).map((status) => equal('status', status)),
  fc.boolean().map((flag) => equal('protected', String(flag), flag)),
  fc.constantFrom(0, 512, 1024).map((ram) => equal('min_ram', String(ram), ram)),
  fc.constantFrom(1, 2, 40).map((disk) => equal('min_disk', String(disk), disk)),
  fc.constantFrom('zvhd2', 'qcow2', 'raw').map((format) => equal('disk_format', format)),
  fc.constantFrom('CentOS', 'Ubuntu', 'Debian').map((platform) => equal('__platform', platform)),
  fc.constantFrom('32', '64').map((bits) => equal('__os_bit', bits)),
  fc.constant(equal('__support_kvm', 'true')),
  fc.constantFrom('gold', 'private', 'shared').map((type) => equal('__imagetype', type)),
  fc.constantFrom('public', 'private', 'shared').map((visibility) => equal('visibility', visibility)),
  fc.constantFrom(...TAGS, 'env', 'none').map((tag) => ({
    parameter: `tag=${encodeURIComponent(tag)}`,
    fits: (image: Listed) => image.tags.includes(tag),
  })),
  fc.constantFrom('arm', 'x86').map((architecture) => ({
    parameter: `architecture=${architecture}`,
    fits: (image: Listed) => isArm(image) === (architecture === 'arm'),
  })),
  fc.constantFrom('0', 'aaaaaaaa-0000-4000-8000-000000000001').map((id) => ({
    parameter: `enterprise_project_id=${id}`,
    fits: (image: Listed) => (image.enterprise_project_id ?? '0') === id,
  })),
  time('created_at'),
  time('updated_at'),
)

const population = fc.array(anImage, { minLength: 1, maxLength: 12 })

test('a filtered list equals the whole list filtered in plain code, in the same order', async () => {
  await fc.assert(
    fc.asyncProperty(
      population,
      fc.array(fc.array(aFilter, { minLength: 1, maxLength: 4 }), { minLength: 10, maxLength: 20 }),
      fc.boolean(),
      async (images, queries, partner) => {
        await using emulator = await worldOf(images)
        const token = partner ? asPartner : {}
        const everything = await list(emulator, 'limit=1000', token)
        for (const filters of queries) {
          const query = filters.map(({ parameter }) => parameter).join('&')
          const expected = everything.filter((image) => filters.every(({ fits }) => fits(image)))
          expect(await list(emulator, query, token), query).toEqual(expected)
        }
      },
    ),
    { numRuns: 8 },
  )
})

const SORT_KEYS = ['name', 'container_format', 'disk_format', 'status', 'id', 'size', 'created_at']

test('pages of any limit and order add up to the whole list, without repetition', async () => {
  await fc.assert(
    fc.asyncProperty(
      population,
      fc.array(
        fc.record({
          limit: fc.integer({ min: 1, max: 9 }),
          sort_key: fc.constantFrom(...SORT_KEYS),
          sort_dir: fc.constantFrom('asc', 'desc'),
        }),
        { minLength: 3, maxLength: 6 },
      ),
      async (images, walks) => {
        await using emulator = await worldOf(images)
        for (const { limit, sort_key, sort_dir } of walks) {
          const order = `sort_key=${sort_key}&sort_dir=${sort_dir}`
          const whole = await list(emulator, `${order}&limit=1000`)
          const walked: Listed[] = []
          for (let marker = ''; ; ) {
            const page = await list(emulator, `${order}&limit=${limit}&marker=${marker}`)
            expect(page.length).toBeLessThanOrEqual(limit)
            walked.push(...page)
            const last = page.at(-1)
            if (last === undefined) break
            marker = last.id
          }
          expect(walked).toEqual(whole)
          expect(new Set(walked.map(({ id }) => id)).size).toBe(walked.length)
        }
      },
    ),
    { numRuns: 4 },
  )
})

test('a list is sorted by its sort key, ties by id in the same direction', async () => {
  await fc.assert(
    fc.asyncProperty(population, async (images) => {
      await using emulator = await worldOf(images)
      const rank = (image: Listed, key: string) => {
        const value = image[key]
        return typeof value === 'number' ? value : typeof value === 'string' ? value : undefined
      }
      for (const sort_key of SORT_KEYS) {
        const up = await list(emulator, `sort_key=${sort_key}&sort_dir=asc&limit=1000`)
        const down = await list(emulator, `sort_key=${sort_key}&sort_dir=desc&limit=1000`)
        expect(down).toEqual([...up].reverse())
        const outOfOrder = up.slice(1).filter((image, n) => {
          const before = up[n]
          if (before === undefined) return false
          const [a, b] = [rank(before, sort_key), rank(image, sort_key)]
          if (a === b) return before.id > image.id
          return a !== undefined && (b === undefined || a > b)
        })
        expect(outOfOrder.map(({ id }) => id)).toEqual([])
      }
    }),
    { numRuns: 4 },
  )
})
