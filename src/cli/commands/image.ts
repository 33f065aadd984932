import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { ControlFailure, jsonOrText } from '../../client/control-client.ts'
import { connectWorld } from '../../client/emulator-client.ts'
import type { WorldClient } from '../../client/world-client.ts'
import { openByteSource } from '../../lib/disk-image/byte-source.ts'
import { inspectDiskImage } from '../../lib/disk-image/inspect.ts'
import { SetupError } from '../../lib/errors.ts'
import type { WorldFlags } from '../address.ts'
import { bytesInWords, printJson, printLines } from '../output.ts'

interface Described {
  name?: string
  osVersion?: string
  minDisk?: number
  diskFormat?: string
}

/** `image import`: uploads a disk image of this machine and prints the id of the new image. */
export async function importImage(
  file: string,
  { url, world, json, ...described }: WorldFlags & Described,
): Promise<void> {
  const disk = localDisk(file)
  const client = await connectWorld(url, world)
  const image = await uploadImage(client, disk, described, progressOn(process.stderr, disk))
  if (json) printJson(image)
  else printLines([image.id])
}

/** A disk image on this machine. */
interface LocalDisk {
  path: string
  /** The name of the file without the extension of its format: `jammy` for `jammy.qcow2`. */
  name: string
  format: string
  /** Size of the file, bytes. */
  size: number
  /** Smallest system disk that holds its content, GB. */
  minDisk: number
}

const GIB = 2 ** 30

/** Detects the format and the size of a disk image from its bytes. @throws SetupError when it is none or cannot be read. */
function localDisk(path: string): LocalDisk {
  try {
    using source = openByteSource(path)
    const found = inspectDiskImage(source, path)
    if (!found.ok) throw new SetupError(`${path} is not a disk image: ${found.reason}`)
    const { format, virtualSize } = found.image
    return {
      path,
      name: basename(path).replace(/\.(qcow2?|qed|vmdk|vhdx?|vdi|zvhd2?|iso|raw|img)$/i, ''),
      format,
      size: source.size,
      minDisk: Math.max(1, Math.ceil(virtualSize / GIB)),
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`)
  }
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
 * Creates an image, uploads its bytes and returns the image afterwards. An image whose upload fails is deleted again.
 * @throws SetupError with the message of the cloud when it refuses.
 */
async function uploadImage(
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
    // Best effort: the error of the upload is reported, not that of the clean-up.
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
  throw new SetupError(`the emulator did not answer with an image: ${text.slice(0, 200)}`)
}

/** Sends a request to the emulated cloud. @throws SetupError when it refuses, ControlFailure when the connection breaks. */
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
    throw new ControlFailure(`the connection to ${world.url} broke: ${reason}`, undefined, error)
  }
}

/** The bodies of refusals by the services of the cloud, reduced to a code and a message. */
const Refusal = z.union([
  z
    .object({ error: z.object({ code: z.string().optional(), message: z.string() }) })
    .transform(({ error }) => error),
  z.object({ error_code: z.string(), error_msg: z.string() }).transform((body) => {
    return { code: body.error_code, message: body.error_msg }
  }),
  z.object({ message: z.string(), code: z.string().optional() }),
])

/** Extracts the code and the message from the body of a refusal: JSON of IMS or the gateway, or an HTML page of Glance. */
export function refusalIn(text: string): string {
  const found = Refusal.safeParse(jsonOrText(text))
  if (found.success) return [found.data.code, found.data.message].filter(Boolean).join(' ')
  return (
    text
      .replace(/<title>.*?<\/title>|<h1>.*?<\/h1>|<[^>]+>/gs, ' ')
      .replace(/&(#x27|quot|lt|gt|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
      // Glance appends the schema that failed, which is longer than the reason.
      .replace(/Failed validating .*/s, '')
      .replace(/\s+/g, ' ')
      .trim()
  )
}

const ENTITIES: Readonly<Record<string, string>> = { '#x27': "'", quot: '"', lt: '<', gt: '>', amp: '&' }

/** Receives the events of an upload. */
interface Progress {
  begin(): void
  moved(bytes: number): void
  done(): void
  broken(): void
}

/** The part of a terminal or file stream that progress is written to. */
interface Screen {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** Reports an upload: a moving bar on a terminal; elsewhere a line at the beginning and one at the end. */
export function progressOn(
  screen: Screen,
  { path, format, size }: Pick<LocalDisk, 'path' | 'format' | 'size'>,
): Progress {
  if (screen.isTTY) return movingBar(screen, size)
  const what = `${path} (${format}, ${bytesInWords(size)})`
  return {
    begin: () => screen.write(`uploading ${what}\n`),
    moved() {},
    done: () => screen.write(`uploaded ${what}\n`),
    broken() {},
  }
}

function movingBar(screen: Screen, size: number): Progress {
  let sent = 0
  let shown = ''
  const show = () => {
    const line = barLine(sent, size, screen.columns || 80)
    if (line !== shown) screen.write(`\r${line}`)
    shown = line
  }
  return {
    begin: show,
    moved(bytes) {
      sent += bytes
      show()
    },
    done: () => screen.write('\n'),
    broken: () => screen.write('\n'),
  }
}

/** Widest amount in words, such as `1023.9 MiB`, characters: amounts are padded to it, so that the bar keeps its length. */
const WIDEST = 10

/** `[#####-----]  50 %  1.0 MiB of 2.0 MiB`, no wider than the screen; without the bar when there is no room for it. */
export function barLine(sent: number, size: number, columns: number): string {
  const share = size === 0 ? 1 : Math.min(1, sent / size)
  const total = bytesInWords(size)
  const counts = `${String(Math.floor(share * 100)).padStart(3)} %  ${bytesInWords(sent).padStart(WIDEST)} of ${total}`
  const room = Math.min(40, columns - counts.length - 5)
  if (room < 5) return counts
  const full = Math.floor(share * room)
  return `[${'#'.repeat(full)}${'-'.repeat(room - full)}] ${counts}`
}
