import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, openClient, type Sent, sendJson } from './client.ts'
import { said } from './findings.ts'
import { makePlace, type Place } from './place.ts'
import { openRandom } from './random.ts'
import { type Run, replayOf } from './run.ts'
import { hasStack, type Server, StartFailure, startServer } from './server.ts'

/** Size of the small disk: a new world fits, and some images. */
const DISK = '12m'

/** Takes the data folder away, and fills its disk: the process lives, reads are answered, and it says what is wrong. */
export async function breakHost(run: Run): Promise<void> {
  await removedFolder(run)
  if (process.getuid?.() === 0)
    run.findings.note('host: read-only data folder', 'skipped: permissions do not apply to root')
  else await readOnlyFolder(run)
  await fullDisk(run)
}

function flagsOf(place: Place): string[] {
  return ['--data', place.data, '--buckets', place.buckets, '--scenario', 'instant']
}

async function removedFolder(run: Run): Promise<void> {
  const place = makePlace(run.folder, 'removed')
  const server = await startServer(place, flagsOf(place))
  const client = openClient(server.port, 1)
  const image = await createImage(client)
  // The server may write a file into the folder meanwhile.
  rmSync(place.data, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
  const statuses = await writeMuch(client, image, 5)
  await mustLive(run, 'removed data folder', server, client)
  if (!server.stderr().includes(place.data))
    damage(run, 'removed data folder', 'it was not said on standard error that the folder is gone')
  run.findings.note('host: removed data folder', `writes were answered ${statuses}`)
  client.close()
  await mustEnd(run, 'removed data folder', server)
}

async function readOnlyFolder(run: Run): Promise<void> {
  const place = makePlace(run.folder, 'read-only')
  mkdirSync(place.data, { mode: 0o500 })
  await mustRefuse(run, 'read-only data folder', place)
}

async function fullDisk(run: Run): Promise<void> {
  const place = makePlace(run.folder, 'full')
  mkdirSync(place.data)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', place.data], { stdio: 'pipe' })
  } catch (error) {
    run.findings.note(
      'host: full disk',
      `skipped: no small disk can be mounted (${said(error).split('\n')[0]})`,
    )
    return
  }
  try {
    await tortureFullDisk(run, place)
  } finally {
    execFileSync('umount', ['-l', place.data])
  }
}

async function tortureFullDisk(run: Run, place: Place): Promise<void> {
  const server = await startServer(place, flagsOf(place))
  const client = openClient(server.port, 1)
  const image = await createImage(client)
  const filler = join(place.data, 'filler')
  fill(filler)
  const statuses = await writeMuch(client, image, 30)
  await mustLive(run, 'full disk', server, client)
  await server.kill()
  client.close()
  await mustRefuse(run, 'full disk', place)
  rmSync(filler, { force: true })
  const again = await startServer(place, flagsOf(place))
  const reader = openClient(again.port, 1)
  const { status } = await reader.send({ method: 'GET', path: `/v2/images/${image}` })
  if (status !== 200)
    damage(run, 'full disk', `once there is room again, an acknowledged image is answered ${status}`)
  run.findings.note('host: full disk', `writes were answered ${statuses}`)
  reader.close()
  await mustEnd(run, 'full disk', again)
}

/** Writes until there is no room. */
function fill(path: string): void {
  for (let size = 2 ** 20; size >= 512; size /= 2)
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size, 1), { flag: 'a' })
    } catch {
      // A smaller piece may fit.
    }
}

async function createImage(client: Client): Promise<string> {
  const body = { name: 'kept', disk_format: 'raw', container_format: 'bare', min_disk: 1 }
  const { body: text } = await client.send(sendJson('POST', '/v2/images', body))
  return /"id":"([^"]+)"/.exec(text.toString())?.[1] ?? 'missing'
}

/** Sends writes of all kinds, and returns how they were answered. */
async function writeMuch(client: Client, image: string, times: number): Promise<string> {
  const random = openRandom(1, 'writes')
  const counts = new Map<string, number>()
  const body = { name: 'more', disk_format: 'raw', container_format: 'bare', min_disk: 1 }
  const writes: Sent[] = [
    sendJson('POST', '/v2/images', body),
    { method: 'PUT', path: `/v2/images/${image}/tags/t` },
    {
      method: 'PUT',
      path: `/v2/images/${image}/file`,
      headers: { 'Content-Type': 'application/octet-stream' },
      body: random.bytes(300_000),
    },
    sendJson('POST', '/v2/cloudimages/action', { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }),
    sendJson('POST', '/_ims/snapshots', { name: 'save' }),
    sendJson('POST', '/_ims/worlds', { name: 'more' }),
    sendJson('POST', '/_ims/fork', { name: 'forked' }),
    sendJson('POST', '/_ims/clock/advance', { by: '1h' }),
  ]
  for (let time = 0; time < times; time++)
    for (const sent of writes) {
      const answer = await client.send(sent).then(
        ({ status }) => String(status),
        (error) => said(error),
      )
      counts.set(answer, (counts.get(answer) ?? 0) + 1)
    }
  return [...counts].map(([answer, count]) => `${answer} (${count} times)`).join(', ')
}

async function mustLive(run: Run, fault: string, server: Server, client: Client): Promise<void> {
  for (const path of ['/_ims/health', '/v2/images?limit=1']) {
    const answer = await client.send({ method: 'GET', path }).then(
      ({ status }) => status,
      (error) => said(error),
    )
    if (answer !== 200) damage(run, fault, `GET ${path} answered ${answer} (${server.lastFault()})`)
  }
  const end = server.end()
  if (end !== undefined)
    run.findings.add({
      kind: 'crash',
      key: fault,
      what: `${fault}: the process ended with ${end.code ?? end.signal}: ${server.stderr().slice(-400)}`,
      replay: replayOf(run, 'host'),
    })
}

async function mustEnd(run: Run, fault: string, server: Server): Promise<void> {
  const end = await server.stop()
  if (end.signal !== null) damage(run, fault, `after SIGTERM it ended with ${end.signal}`)
}

/** A start must succeed, or refuse with one message and exit code 1. */
async function mustRefuse(run: Run, fault: string, place: Place): Promise<void> {
  try {
    await (await startServer(place, flagsOf(place))).stop()
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error
    if (error.end.code !== 1 || hasStack(error.stderr))
      damage(
        run,
        fault,
        `a start ended with ${error.end.code ?? error.end.signal}: ${error.stderr.slice(0, 400)}`,
      )
  }
}

function damage(run: Run, fault: string, what: string): void {
  run.findings.add({
    kind: 'damage',
    key: `${fault} ${what.slice(0, 60)}`,
    what: `${fault}: ${what}`,
    replay: replayOf(run, 'host'),
  })
}
