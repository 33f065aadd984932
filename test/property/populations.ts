import fc from 'fast-check'
import { startTestEmulator, type TestEmulator } from '../emulator.ts'
import { addImages, PARTNER } from '../private-image.ts'

/** An image as a list shows it. */
export type Listed = Readonly<Record<string, unknown>> & { id: string; tags: string[] }

const NAMES = ['a', 'b', 'B', 'image 1']
const TIMES = ['2024-01-01T00:00:00Z', '2024-01-01T00:00:01Z', '2024-06-01T12:00:00Z']
export const STATUSES = ['queued', 'saving', 'active', 'killed'] as const
export const TAGS = ['env=prod', 'env=test', 'team=core', 'plain']

/** A random image. Each field has few values, so that images tie in every order and each filter matches some. */
export const anImage = fc.record({
  name: fc.constantFrom(...NAMES),
  status: fc.constantFrom(...STATUSES),
  protected: fc.boolean(),
  created_at: fc.constantFrom(...TIMES),
  updated_at: fc.constantFrom(...TIMES),
  min_ram: fc.constantFrom(0, 512),
  min_disk: fc.constantFrom(1, 2),
  disk_format: fc.constantFrom('zvhd2', 'qcow2'),
  tags: fc.uniqueArray(fc.constantFrom(...TAGS), { selector: (tag) => tag.split('=')[0] }),
  attributes: fc.record(
    {
      __os_version: fc.constantFrom('CentOS 7.6 64bit', 'Ubuntu 18.04 server 64bit'),
      __support_arm: fc.constantFrom('true', 'false'),
      __support_kvm: fc.constant('true'),
      enterprise_project_id: fc.constantFrom('0', 'aaaaaaaa-0000-4000-8000-000000000001'),
    },
    { requiredKeys: [] },
  ),
  members: fc.option(
    fc.record({
      project_id: fc.constant(PARTNER),
      status: fc.constantFrom('pending', 'accepted', 'rejected'),
    }),
    { nil: undefined, freq: 2 },
  ),
})

type AnImage = typeof anImage extends fc.Arbitrary<infer Value> ? Value : never

/** Starts an emulator with images of the demo project, some of them shared with the partner. */
export async function worldOf(images: readonly AnImage[]): Promise<TestEmulator> {
  const emulator = await startTestEmulator()
  await addImages(
    emulator,
    ...images.map(({ members, ...image }) => ({ ...image, members: members === undefined ? [] : [members] })),
  )
  return emulator
}

/** Lists images. @throws Error when the answer is not 200. */
export async function list(emulator: TestEmulator, query: string, token: object = {}): Promise<Listed[]> {
  const reply = await emulator.get(`/v2/cloudimages?${query}`, token)
  if (reply.status !== 200) throw new Error(`${query} was answered ${reply.status} ${reply.text}`)
  return reply.body.images
}
