import { errorCatalogue } from '../src/services/index.ts'
import { expect, type Reply, type TestEmulator } from './emulator.ts'

/** The second tenant of every new world: the project with which images are shared, and its user's token. */
export const PARTNER = '0605767b4480d5872f0ec00af5c37a9b'
export const asPartner = { token: 'partner-token' }

/** A well-formed image id that no image has. */
export const NO_IMAGE = '00000000-0000-4000-8000-ffffffffffff'

/** The id of the n-th image that a test adds. */
export function imageId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
}

/** Adds images of the demo project through `POST /_ims/fixtures`. An image without an id gets the next one. */
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

/** Expects a refusal with a code: the status and the whole body as the catalogue has them. */
export function expectRefusal(reply: Reply, code: string, status?: number): void {
  const entry = errorCatalogue.get(code)
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: status ?? entry?.status,
    body: { error: { code, message: entry?.message } },
  })
}
