import { cpSync, existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type StartedEmulator, startEmulator } from '../../src/index.ts'

/** Starts an emulator on a data folder, with its time standing still, without a port, and silent about errors that tests cause. */
export function openData(data: string): Promise<StartedEmulator> {
  return startEmulator({ data, listen: false, clock: { rate: 0 }, scenario: 'instant', log: () => {} })
}

/** Sends a request to an emulator of this process; a JSON answer is parsed. */
export async function ask(emulator: StartedEmulator, method: string, path: string, json?: unknown) {
  const response = await emulator.fetch(
    new Request(`http://127.0.0.1${path}`, {
      method,
      headers: { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json' },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    }),
  )
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== ''
  return { status: response.status, body: isJson ? JSON.parse(text) : text }
}

/** Uploads an image whose bytes are its name. */
async function upload(emulator: StartedEmulator, prefix: string, name: string): Promise<void> {
  const { body } = await ask(emulator, 'POST', `${prefix}/v2/images`, {
    name,
    disk_format: 'raw',
    container_format: 'bare',
  })
  const response = await emulator.fetch(
    new Request(`http://127.0.0.1${prefix}/v2/images/${body.id}/file`, {
      method: 'PUT',
      headers: { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/octet-stream' },
      body: name,
    }),
  )
  if (response.status !== 204) throw new Error(await response.text())
}

/** Makes a data folder with two worlds. Each has the image `later`, which its snapshot `start` lacks, and the image `first`. */
export async function makeData(data: string): Promise<void> {
  await using emulator = await openData(data)
  await ask(emulator, 'POST', '/_ims/worlds', { name: 'other' })
  for (const world of ['default', 'other']) {
    await upload(emulator, `/w/${world}`, 'first')
    await ask(emulator, 'POST', `/_ims/worlds/${world}/snapshots`, { name: 'start' })
    await upload(emulator, `/w/${world}`, 'later')
  }
}

/** Opens a data folder and changes its worlds, so that the logs of their databases are not empty. */
export async function openChanged(data: string): Promise<StartedEmulator> {
  const emulator = await openData(data)
  for (const world of ['default', 'other']) await upload(emulator, `/w/${world}`, 'last')
  // The journal is written after the turn of the event loop.
  await setImmediate()
  return emulator
}

/** Describes what a crash could mix up: the worlds, their journals, the images with their bytes, the snapshots. */
export async function describeWorlds(emulator: StartedEmulator, data: string): Promise<string> {
  const listed = (await ask(emulator, 'GET', '/_ims/worlds')).body
  const lines: string[] = listed.broken === undefined ? [] : [JSON.stringify(listed.broken)]
  for (const { name } of listed.worlds) {
    const journal = (await ask(emulator, 'GET', `/_ims/worlds/${name}/journal`)).body
    const { images } = (await ask(emulator, 'GET', `/w/${name}/v2/images?visibility=private`)).body
    const bytes: string[] = []
    for (const image of images) {
      const file = await ask(emulator, 'GET', `/w/${name}/v2/images/${image.id}/file`)
      bytes.push(`${image.name} ${image.status} ${file.status} ${file.body}`)
    }
    const { snapshots } = (await ask(emulator, 'GET', `/_ims/worlds/${name}/snapshots`)).body
    const saved = snapshots.map((snapshot: { name: string }) => {
      const files = readdirSync(join(data, 'snapshots', name, snapshot.name), {
        recursive: true,
        encoding: 'utf8',
      })
      return `${snapshot.name} with ${files.sort().join(' and ')}`
    })
    // Descriptions themselves are requests that the journal has.
    const uploads = journal.requests.filter(({ method }: { method: string }) => method === 'PUT')
    lines.push(
      `${name}: journal of ${uploads.length} uploads; ${bytes.sort().join(', ')}; snapshots ${saved}`,
    )
  }
  return lines.sort().join('\n')
}

/** Copies a data folder as a crash leaves it: the lock of the process is not copied. */
export function copyData(from: string, to: string): void {
  if (existsSync(from))
    cpSync(from, to, { recursive: true, filter: (path) => !basename(path).startsWith('lock.') })
}

/** Finds files and folders below a folder that an unfinished change has left. */
export function leftovers(data: string): string[] {
  return readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^\.|\.part$/.test(basename(path)),
  )
}
