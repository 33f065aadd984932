import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Anything, ask, type Client, openClient, sendJson } from '../client.ts'
import { said } from '../findings.ts'
import { makePlace, type Place } from '../place.ts'
import { openRandom, type Random } from '../random.ts'
import { type Run, replayOf } from '../run.ts'
import { hasStack, runCommand, type Server, StartFailure, startServer } from '../server.ts'
import { damageDatabase } from './hostile-database.ts'
import { type Json, parseJson } from './json.ts'
import { evilText, mutate, mutateBytes } from './mutate.ts'

const REPLAY_MS = 30_000
/** The project of the demo user. */
const DEMO_PROJECT = '0605767a9500d5ed2fb3c00a8e3a0d4c'

/** What hostile files are made from, and the emulator that they must not damage. */
interface Originals {
  server: Server
  client: Client
  world: Buffer
  recording: Json
}

/**
 * Gives mutated world files to `start --from` and mutated recordings to `replay`, in turns. Each is refused with one message,
 * or does what it says, and no file of the user and no other world is touched.
 */
export async function giveHostileFiles(run: Run, deadline: number): Promise<void> {
  const place = makePlace(run.folder, 'files')
  const originals = await makeOriginals(place)
  try {
    for (let number = 0; Date.now() < deadline; number++) {
      const random = openRandom(run.seed, 'hostile file', number)
      const report = (what: string) =>
        run.findings.add({
          kind: 'damage',
          key: what.replace(/\d+/g, '#').slice(0, 90),
          what: `file ${number}: ${what}`,
          replay: replayOf(run, 'files'),
        })
      if (number % 2 === 0) await tryWorldFile(run, place, originals, random, number, report)
      else await tryRecording(run, place, originals, random, report)
      for (const canary of place.lostCanaries()) report(`${canary} was changed`)
      if (place.lostCanaries().length > 0) break
    }
  } finally {
    originals.client.close()
    await originals.server.stop()
  }
}

async function makeOriginals(place: Place): Promise<Originals> {
  const server = await startServer(place, ['--buckets', place.buckets, '--scenario', 'instant'])
  const client = openClient(server.port, 2)
  await ask(client, sendJson('POST', '/_ims/worlds', { name: 'recorded' }), Anything)
  const body = { name: 'kept', disk_format: 'raw', container_format: 'bare', min_disk: 1 }
  for (const prefix of ['', '/w/recorded']) {
    const { id } = await ask(
      client,
      sendJson('POST', `${prefix}/v2/images`, body),
      z.object({ id: z.string() }),
    )
    const headers = { 'Content-Type': 'application/octet-stream' }
    await ask(
      client,
      { method: 'PUT', path: `${prefix}/v2/images/${id}/file`, headers, body: 'bytes' },
      Anything,
    )
    const tiny = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1 }
    await ask(client, sendJson('POST', `${prefix}/v2/cloudimages/action`, tiny), Anything)
    const to = { bucket_url: 'images:exported.raw', file_format: 'qcow2' }
    await client.send(sendJson('POST', `${prefix}/v1/cloudimages/${id}/file`, to))
    await ask(client, { method: 'GET', path: `${prefix}/v2/cloudimages?__imagetype=private` }, Anything)
  }
  const world = await client.send({ method: 'GET', path: '/_ims/database?blobs=true' })
  const recording = await client.send({ method: 'GET', path: '/_ims/worlds/recorded/recording' })
  return { server, client, world: world.body, recording: parseJson(recording.body.toString()) ?? {} }
}

async function tryWorldFile(
  run: Run,
  place: Place,
  { world }: Originals,
  random: Random,
  number: number,
  report: (what: string) => void,
): Promise<void> {
  const file = join(place.path, 'hostile.sqlite')
  const inRows = random.chance(0.7)
  writeFileSync(file, inRows ? world : mutateBytes(random, world))
  const change = inRows ? damageDatabase(file, random, join(place.path, 'canary.txt')) : 'bytes'
  run.findings.count('hostile world files')
  const data = random.chance(0.5) ? ['--data', join(place.path, `from-${number}`)] : []
  try {
    const server = await startServer(place, ['--from', file, '--buckets', place.buckets, ...data])
    const client = openClient(server.port, 1)
    await useWorld(run, server, client, change)
    client.close()
    const end = server.end() ?? (await server.stop())
    if (end.code !== 0)
      report(
        `a world file with ${change} ended the process with ${end.code ?? end.signal}: ${server.stderr().slice(-300)}`,
      )
  } catch (error) {
    if (!(error instanceof StartFailure)) return report(`a world file with ${change}: ${said(error)}`)
    const { end, stderr } = error
    run.findings.count('hostile world files refused')
    if (end.code !== 1 || hasStack(stderr) || stderr.trim().split('\n').length > 3)
      report(
        `--from a world file with ${change} ended with ${end.code ?? end.signal}: ${stderr.slice(0, 400)}`,
      )
  }
}

/** Looks at everything in a world, before and after its jobs have ended, changes it, and deletes its images. */
async function useWorld(run: Run, server: Server, client: Client, change: string): Promise<void> {
  const { body } = await client.send({ method: 'GET', path: '/v2/images?visibility=private&limit=100' })
  const ids = Array.from(body.toString().matchAll(/"id":"([0-9a-f-]{36})"/g), ([, id]) => id)
  const paths = ids.flatMap((id) => [
    `GET /v2/images/${id}/file`,
    `GET /v2/images/${id}`,
    `HEAD /v1/images/${id}`,
    `GET /v2/images/${id}/members`,
    `GET /v1/${DEMO_PROJECT}/cloudimages/${id}/members`,
    `GET /v2/${DEMO_PROJECT}/images/${id}/tags`,
    `DELETE /v2/images/${id}`,
  ])
  const { body: jobs } = await client.send({ method: 'GET', path: '/_ims/timeline' })
  const jobIds = new Set(Array.from(jobs.toString().matchAll(/"([0-9a-f]{32})"/g), ([, id]) => id))
  const lists = [
    'GET /v2/images',
    'GET /v2/cloudimages',
    'GET /v1.1/images/detail',
    `GET /v2/${DEMO_PROJECT}/images/tags`,
    'GET /v1/cloudimages/quota',
    'GET /v1.0/enterprise-projects',
    'GET /v3/projects',
    'GET /_ims/journal',
    'GET /_ims/clock',
    'GET /_ims/timeline',
    'GET /_ims/rules',
    'GET /_ims/tenants',
    'GET /_ims/scenario',
    ...[...jobIds].map((id) => `GET /v1/${DEMO_PROJECT}/jobs/${id}`),
  ]
  const rest = [
    'GET /v2/cloudimages',
    'GET /_ims/timeline',
    'GET /_ims/database?blobs=true',
    'GET /_ims/ready',
  ]
  for (const line of [...lists, 'POST /_ims/clock/advance', ...lists, ...paths, ...rest]) {
    const [method = '', path = ''] = line.split(' ')
    const sent = method === 'POST' ? sendJson(method, path, { until: 'idle' }) : { method, path }
    const reply = await client.send(sent).catch(() => undefined)
    if (reply?.body.includes('belongs to the user'))
      run.findings.add({
        kind: 'damage',
        key: 'canary read',
        what: `a world file with ${change} shows a file of the user`,
        replay: replayOf(run, 'files'),
      })
    if (reply !== undefined && reply.status >= 500)
      run.findings.add({
        kind: '5xx',
        key: `${change} ${method}`,
        what: `after a start from a file with ${change}, ${line} answered ${reply.status} (${server.lastFault()})`,
        replay: replayOf(run, 'files'),
      })
  }
}

async function tryRecording(
  run: Run,
  place: Place,
  { server, client, recording }: Originals,
  random: Random,
  report: (what: string) => void,
): Promise<void> {
  const file = join(place.path, 'hostile.json')
  const hostile = JSON.stringify(mutate(random, recording))
  const path = random.pick([
    '/../../_ims/reset',
    '/_ims/reset',
    '/%2e%2e/_ims/reset',
    '//_ims/reset',
    evilText(random),
  ])
  const isRedirected = random.chance(0.4)
  writeFileSync(
    file,
    isRedirected
      ? hostile.replace(/"method":"\w+","path":"[^"]*"/g, `"method":"POST","path":${JSON.stringify(path)}`)
      : hostile,
  )
  run.findings.count('hostile recordings')
  const before = await privateImages(client)
  const { code, signal, stderr } = await runCommand(
    place,
    ['replay', file, '--against', server.url],
    REPLAY_MS,
  )
  if (code === null || code > 2)
    report(`replay of a recording ended with ${code ?? signal}: ${stderr.slice(-300)}`)
  if (hasStack(stderr)) report(`replay of a recording showed a stack trace: ${stderr.slice(0, 400)}`)
  if (server.end() !== undefined)
    throw new Error('the emulator that recordings are replayed against has ended')
  if ((await privateImages(client)) !== before) report('replay of a recording changed the default world')
}

async function privateImages(client: Client): Promise<string> {
  const { body } = await client.send({ method: 'GET', path: '/w/default/v2/images?visibility=private' })
  return body.toString()
}
