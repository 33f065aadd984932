/**
 * Makes a data folder as the version of package.json lays it out: test/fixtures/released/<version>/. Run it once when a version
 * is released, and never again for it: a test opens the folder with every later version.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { startEmulator } from '../src/index.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
const target = join(root, 'test/fixtures/released', version)
if (existsSync(target))
  throw new Error(
    `${target} is there already: what a released version wrote is not made again by a later one`,
  )

/** Few fixtures, so that the files stay small. */
const SCENARIO =
  'scenario: released\nseed: 10\nfixtures: [demo-tenants]\nclock: { start: 2026-01-01T00:00:00Z, rate: 0 }\n'

const place = mkdtempSync(join(tmpdir(), 'ims-emulator-released-'))
try {
  mkdirSync(join(place, 'buckets/images'), { recursive: true })
  const scenario = join(place, 'scenario.yaml')
  writeFileSync(scenario, SCENARIO)
  const data = join(place, 'data')
  const emulator = await startEmulator({ data, scenario, buckets: join(place, 'buckets') })
  const Created = z.object({ id: z.string() })

  async function send(method: string, path: string, json?: unknown, body?: string): Promise<unknown> {
    const type = json === undefined ? 'application/octet-stream' : 'application/json'
    const sent = json === undefined ? body : JSON.stringify(json)
    const response = await fetch(emulator.url + path, {
      method,
      headers: { 'X-Auth-Token': 'demo-token', 'Content-Type': type },
      ...(sent !== undefined && { body: sent }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' || !text.startsWith('{') ? undefined : JSON.parse(text)
  }

  async function upload(prefix: string, name: string, bytes: string): Promise<string> {
    const image = { name, disk_format: 'raw', container_format: 'bare', min_disk: 1 }
    const { id } = Created.parse(await send('POST', `${prefix}/v2/images`, image))
    await send('PUT', `${prefix}/v2/images/${id}/file`, undefined, bytes)
    return id
  }

  const kept = await upload('', 'kept', 'the bytes of the kept image')
  await send('PUT', `/v2/images/${kept}/tags/released`)
  await send('POST', '/_ims/snapshots', { name: 'before' })
  const later = await upload('', 'later', 'the bytes of the later image')
  await send('PATCH', '/_ims/quotas', { private_images: 7 })
  await send('POST', '/_ims/worlds', { name: 'other' })
  const other = await upload('/w/other', 'other', 'the bytes of the other world')
  await send('POST', `/v1/cloudimages/${kept}/file`, { bucket_url: 'images:out.raw', file_format: 'qcow2' })
  await emulator.close()

  for (const path of readdirSync(data, { recursive: true, encoding: 'utf8' })) keep(data, path)
  writeFileSync(join(target, 'scenario.yaml'), SCENARIO)
  writeFileSync(join(target, 'images.json'), `${JSON.stringify({ kept, later, other }, undefined, 2)}\n`)
} finally {
  rmSync(place, { recursive: true, force: true })
}

/** Keeps a file of the data folder; databases are compressed, as they are mostly empty pages. */
function keep(data: string, path: string): void {
  if (/(?:^|\/)lock\.|-(?:wal|shm)$/.test(path) || !statSync(join(data, path)).isFile()) return
  const bytes = readFileSync(join(data, path))
  const file = join(target, 'data', path.endsWith('.sqlite') ? `${path}.gz` : path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, path.endsWith('.sqlite') ? gzipSync(bytes, { level: 9 }) : bytes)
}
