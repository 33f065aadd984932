import { errorCatalogue } from '../src/services/index.ts'
import { expect, type Reply, type TestEmulator } from './emulator.ts'

/** The second tenant of every new world: the project with which images are shared, and what its user shows. */
export const PARTNER = '0605767b4480d5872f0ec00af5c37a9b'
export const asPartner = { token: 'partner-token' }

/** An id in the form of an image's that no image has. */
export const NO_IMAGE = '00000000-0000-4000-8000-ffffffffffff'

/** The n-th id of images that a test makes. */
export function imageId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
}

/** Puts images of the demo project into the world, as fixtures do; each gets the next id unless it has one. */
export async function addImages(
  emulator: TestEmulator,
  ...images: readonly Record<string, unknown>[]
): Promise<string[]> {
  const owned = images.map((image, n) => ({
    imagetype: 'private',
    id: imageId(n + 1),
    name: `image-${n + 1}`,
    owner: emulator.projectId,
    min_disk: 1,
    ...image,
  }))
  const added = await emulator.post('/_ims/fixtures', { images: owned })
  expect(added.body).toEqual({ added: { images: owned.length } })
  return owned.map(({ id }) => id)
}

/** Expects a refusal with a code: the status and the whole body of the catalogue. */
export function expectRefusal(reply: Reply, code: string, status?: number): void {
  const entry = errorCatalogue.get(code)
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: status ?? entry?.status,
    body: { error: { code, message: entry?.message } },
  })
}
