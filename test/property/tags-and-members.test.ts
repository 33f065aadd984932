import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startTestEmulator, type TestEmulator } from '../emulator.ts'
import { addImages, asPartner, imageId, PARTNER } from '../private-image.ts'
import { type Listed, list } from './populations.ts'

const IMAGES = [1, 2, 3].map(imageId)
const KEYS = ['a', 'b', 'c']

/** One valid request. A request for a deleted image changes nothing. */
type Step = { image: string } & (
  | { does: 'tag'; key: string; value: string }
  | { does: 'untag'; keys: string[] }
  | { does: 'share' | 'end' | 'delete' }
  | { does: 'decide'; status: 'accepted' | 'rejected' }
  | { does: 'advance' }
)

const image = fc.constantFrom(...IMAGES)
const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      image,
      does: fc.constant('tag' as const),
      key: fc.constantFrom(...KEYS),
      value: fc.constantFrom('', '1', '2'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      image,
      does: fc.constant('untag' as const),
      keys: fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ image, does: fc.constantFrom('share' as const, 'end' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      image,
      does: fc.constant('decide' as const),
      status: fc.constantFrom('accepted' as const, 'rejected' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ image, does: fc.constant('delete' as const) }) },
  { weight: 6, arbitrary: fc.record({ image, does: fc.constant('advance' as const) }) },
)

/** The expected state of an image. */
interface Known {
  tags: Map<string, string>
  member: 'pending' | 'accepted' | 'rejected' | undefined
}

async function send(emulator: TestEmulator, step: Step): Promise<void> {
  const tags = `/v2/${emulator.projectId}/images/${step.image}/tags`
  const members = '/v1/cloudimages/members'
  const images = [step.image]
  if (step.does === 'tag') await emulator.post(tags, { tag: { key: step.key, value: step.value } })
  else if (step.does === 'untag')
    await emulator.post(`${tags}/action`, { action: 'delete', tags: step.keys.map((key) => ({ key })) })
  else if (step.does === 'share') await emulator.post(members, { images, projects: [PARTNER] })
  else if (step.does === 'end') await emulator.delete(members, { images, projects: [PARTNER] })
  else if (step.does === 'decide')
    await emulator.put(members, { images, project_id: PARTNER, status: step.status }, asPartner)
  else if (step.does === 'delete') await emulator.delete(`/v2/images/${step.image}`)
  else await emulator.advance()
}

function apply(world: Map<string, Known>, step: Step): void {
  const known = world.get(step.image)
  if (known === undefined) return
  if (step.does === 'tag') known.tags.set(step.key, step.value)
  else if (step.does === 'untag') for (const key of step.keys) known.tags.delete(key)
  else if (step.does === 'share') known.member = known.member === 'accepted' ? 'accepted' : 'pending'
  else if (step.does === 'end') known.member = undefined
  else if (step.does === 'decide' && known.member !== undefined) known.member = step.status
  else if (step.does === 'delete') world.delete(step.image)
}

async function observe(emulator: TestEmulator): Promise<Map<string, Known>> {
  const images = await list(emulator, `owner=${emulator.projectId}`)
  const known = await Promise.all(
    images.map(async ({ id }): Promise<[string, Known]> => {
      const tags = await emulator.get(`/v2/${emulator.projectId}/images/${id}/tags`)
      const members = await emulator.get(`/v1/${emulator.projectId}/cloudimages/${id}/members`)
      const pairs = tags.body.tags.map(({ key, value }: { key: string; value: string }) => [key, value])
      return [id, { tags: new Map(pairs), member: members.body.members[0]?.status }]
    }),
  )
  return new Map(known.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Checks what holds after every request, also while jobs are running. */
async function checkInvariants(emulator: TestEmulator): Promise<void> {
  const own = await list(emulator, `owner=${emulator.projectId}`)
  const known = await observe(emulator)
  const all = [...known.values()]
  const quota = (await emulator.get('/v1/cloudimages/quota')).body.quotas.resources
  const accepted = all.filter(({ member }) => member === 'accepted').length
  expect(quota.map(({ used }: { used: number }) => used)).toEqual([
    own.length,
    accepted,
    all.some(({ member }) => member !== undefined) ? 1 : 0,
  ])
  const shared = own.filter((listed: Listed) => listed.__imagetype === 'shared').map(({ id }) => id)
  expect(shared.sort()).toEqual([...known].filter(([, { member }]) => member !== undefined).map(([id]) => id))
  const forPartner = await list(emulator, `owner=${emulator.projectId}`, asPartner)
  expect(forPartner.map(({ id }) => id).sort()).toEqual(
    [...known].filter(([, { member }]) => member === 'accepted').map(([id]) => id),
  )
  const strings = new Set(own.flatMap(({ tags }) => tags))
  expect(new Set((await emulator.get('/v1/cloudimages/tags')).body.tags)).toEqual(strings)
}

test('tags and members equal a model in plain code after random requests whose jobs have ended', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { maxLength: 25 }), async (steps) => {
      await using emulator = await startTestEmulator()
      await addImages(emulator, {}, {}, {})
      const world = new Map(IMAGES.map((id): [string, Known] => [id, { tags: new Map(), member: undefined }]))
      for (const step of steps) {
        await send(emulator, step)
        await emulator.advance()
        apply(world, step)
      }
      expect(await observe(emulator)).toEqual(world)
    }),
    { numRuns: 8 },
  )
})

test('quota, image list, tags and members agree after random requests, also while jobs are running', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { maxLength: 20 }), async (steps) => {
      await using emulator = await startTestEmulator()
      await addImages(emulator, {}, {}, {})
      for (const step of steps) {
        await send(emulator, step)
        await checkInvariants(emulator)
      }
    }),
    { numRuns: 5 },
  )
})
