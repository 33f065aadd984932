import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { ControlFailure } from '../client/control-client.ts'
import { jsonOrText } from '../client/json.ts'
import type { WorldClient } from '../client/world.ts'
import { SetupError } from '../lib/errors.ts'
import type { LocalDisk } from './local-disk.ts'
import type { Progress } from './progress.ts'

/** What is said of an image beside what its bytes say. */
export interface Described {
  name?: string
  osVersion?: string
  minDisk?: number
  diskFormat?: string
}

const Image = z.object({
  id: z.string(),
  name: z.string().nullable(),
  status: z.string(),
  disk_format: z.string().nullable(),
  min_disk: z.int(),
  size: z.number().nullish(),
})
type Image = z.output<typeof Image>

/**
 * Describes an image, uploads its bytes and answers it as it is then. An image whose bytes do not arrive is deleted again.
 * @throws SetupError with the cloud's own words when it refuses.
 */
export async function uploadImage(
  world: WorldClient,
  disk: LocalDisk,
  { name = disk.name, osVersion, minDisk = disk.minDisk, diskFormat = disk.format }: Described,
  progress: Progress,
): Promise<Image> {
  const fields = {
    name,
    disk_format: diskFormat,
    container_format: 'bare',
    min_disk: minDisk,
    ...(osVersion !== undefined && { __os_version: osVersion }),
  }
  const { id } = await imageFrom(
    await ask(world, '/v2/images', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(fields),
    }),
  )
  progress.begin()
  try {
    await sendBytes(world, id, disk, progress)
    return await imageFrom(await ask(world, `/v2/images/${id}`))
  } catch (error) {
    progress.broken()
    // Best effort: what went wrong is told, not that nothing could be tidied up.
    await ask(world, `/v2/images/${id}`, { method: 'DELETE' }).catch(() => {})
    throw error
  }
}

async function sendBytes(
  world: WorldClient,
  id: string,
  { path }: LocalDisk,
  progress: Progress,
): Promise<void> {
  async function* counted() {
    for await (const chunk of createReadStream(path)) {
      const bytes = Buffer.from(chunk)
      yield bytes
      progress.moved(bytes.length)
    }
  }
  const response = await ask(world, `/v2/images/${id}/file`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: Readable.toWeb(Readable.from(counted())),
    duplex: 'half',
  })
  await response.arrayBuffer()
  progress.done()
}

async function imageFrom(response: Response): Promise<Image> {
  const text = await response.text()
  const result = Image.safeParse(jsonOrText(text))
  if (result.success) return result.data
  throw new SetupError(`the emulator answered with something else than an image: ${text.slice(0, 200)}`)
}

/** Asks the emulated cloud. @throws SetupError when it refuses, ControlFailure when nothing answers any more. */
async function ask(world: WorldClient, path: string, init: RequestInit = {}): Promise<Response> {
  const response = await reached(world, path, init)
  if (response.ok) return response
  throw new SetupError(
    `the cloud refused ${init.method ?? 'GET'} ${path} with ${response.status}: ${refusalIn(await response.text())}`,
  )
}

async function reached(world: WorldClient, path: string, init: RequestInit): Promise<Response> {
  try {
    return await world.fetch(path, init)
  } catch (error) {
    const reason =
      error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : error
    throw new ControlFailure(`${world.url} broke off: ${reason}`, undefined, error)
  }
}

/** The ways in which the faces of the cloud put a refusal. */
const Refusal = z.union([
  z
    .object({ error: z.object({ code: z.string().optional(), message: z.string() }) })
    .transform(({ error }) => error),
  z.object({ error_code: z.string(), error_msg: z.string() }).transform((body) => {
    return { code: body.error_code, message: body.error_msg }
  }),
  z.object({ message: z.string(), code: z.string().optional() }),
])

/** What the cloud says in a refusal, whatever form it has. */
export function refusalIn(text: string): string {
  const found = Refusal.safeParse(jsonOrText(text))
  if (found.success) return [found.data.code, found.data.message].filter(Boolean).join(' ')
  // Glance answers with a small page.
  return (
    text
      .replace(/<title>.*?<\/title>|<h1>.*?<\/h1>|<[^>]+>/gs, ' ')
      .replace(/&(#x27|quot|lt|gt|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
      // What a schema has on top of it is longer than what was wrong.
      .replace(/Failed validating .*/s, '')
      .replace(/\s+/g, ' ')
      .trim()
  )
}

const ENTITIES: Readonly<Record<string, string>> = { '#x27': "'", quot: '"', lt: '<', gt: '>', amp: '&' }
