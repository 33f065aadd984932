import { z } from 'zod'
import { Anything, ask, type Client, openClient, type Sent, sendJson, wait } from '../client.ts'
import { makePlace } from '../place.ts'
import { startProbe } from '../probe.ts'
import { openRandom, type Random } from '../random.ts'
import { type Run, replayOf } from '../run.ts'
import { type Server, startServer } from '../server.ts'
import { abuse } from './abuse.ts'

const CONNECTIONS = 64
/** Share of the time after which the process counts as warm. */
const WARM = 0.3
/** The time after it is cut into this many parts. A leak grows in every part; caches and the heap's reserve do not. */
const PARTS = 3
/** Growth of the last part that is no leak. */
const MORE_MEMORY = { share: 0.12, mib: 64 }
const MORE_DESCRIPTORS = 20
/** Real ms in which a server closes what its clients have left. */
const REST_MS = 2_500

type Usage = ReturnType<Server['usage']>

const Created = z.object({ id: z.string() })

/** Sends requests on 64 connections at full speed, with broken clients beside them, and compares memory and descriptors. */
export async function saturateUntil(run: Run, deadline: number): Promise<void> {
  const place = makePlace(run.folder, 'saturation')
  const server = await startServer(place, [
    '--data',
    place.data,
    '--buckets',
    place.buckets,
    '--scenario',
    'instant',
  ])
  const setup = openClient(server.port, 1)
  const image = await ask(
    setup,
    sendJson('POST', '/v2/images', {
      name: 'known',
      disk_format: 'raw',
      container_format: 'bare',
      min_disk: 1,
    }),
    Created,
  )
  setup.close()
  const begin = Date.now()
  await press(run, server, image.id, begin + (deadline - begin) * WARM, 'warm')
  const usages = [await rested(server)]
  const left = (deadline - Date.now()) / PARTS
  for (let part = 0; part < PARTS; part++) {
    await press(run, server, image.id, Date.now() + left, `part ${part}`)
    usages.push(await rested(server))
  }
  judge(run, usages)
  const end = await server.stop()
  if (end.code !== 0)
    run.findings.add({
      kind: 'damage',
      key: 'saturation end',
      what: `after the saturation SIGTERM ended it with ${end.code ?? end.signal}`,
      replay: replayOf(run, 'saturation'),
    })
}

async function press(run: Run, server: Server, image: string, until: number, phase: string): Promise<void> {
  const probe = startProbe(server)
  const abuser = abuse(server.port, image, openRandom(run.seed, 'abuse', phase))
  const connections = Array.from({ length: CONNECTIONS }, async (_, number) => {
    const client = openClient(server.port, 1)
    const random = openRandom(run.seed, 'saturation', phase, number)
    while (Date.now() < until && server.end() === undefined) await one(run, server, client, random, image)
    client.close()
  })
  await Promise.all(connections)
  run.findings.count('connections abused', abuser.end())
  const { longest } = await probe.end()
  run.findings.note(
    `saturation, ${phase}: longest wait for an answer behind ${CONNECTIONS} others`,
    `${Math.round(longest)} ms`,
  )
  const ended = server.end()
  if (ended !== undefined)
    run.findings.add({
      kind: 'crash',
      key: 'saturation',
      what: `the process ended with ${ended.code ?? ended.signal} at saturation: ${server.stderr().slice(-400)}`,
      replay: replayOf(run, 'saturation'),
    })
}

/** Sends one request, or the life of one image. */
async function one(run: Run, server: Server, client: Client, random: Random, image: string): Promise<void> {
  const kind = random.next()
  try {
    if (kind < 0.4) await counted(run, server, client, { method: 'GET', path: `/v2/images/${image}` })
    else if (kind < 0.55)
      await counted(run, server, client, { method: 'GET', path: '/v2/cloudimages?limit=25' })
    else if (kind < 0.65) await counted(run, server, client, { method: 'GET', path: '/v2/images/missing' })
    else if (kind < 0.75)
      await counted(run, server, client, sendJson('POST', '/v2/cloudimages/action', { name: 1 }))
    else await lifeOfImage(run, server, client, random)
  } catch {
    run.findings.count('saturation: connections lost')
  }
}

async function lifeOfImage(run: Run, server: Server, client: Client, random: Random): Promise<void> {
  const body = { name: 'short', disk_format: 'raw', container_format: 'bare', min_disk: 1 }
  const created = await counted(run, server, client, sendJson('POST', '/v2/images', body))
  const { data } = Created.safeParse(JSON.parse(created.body.toString() || 'null'))
  if (data === undefined) return
  const file = { path: `/v2/images/${data.id}/file`, headers: { 'Content-Type': 'application/octet-stream' } }
  await counted(run, server, client, { ...file, method: 'PUT', body: random.bytes(random.between(1, 3000)) })
  await counted(run, server, client, { method: 'GET', path: file.path })
  await counted(run, server, client, { method: 'DELETE', path: `/v2/images/${data.id}` })
}

async function counted(run: Run, server: Server, client: Client, sent: Sent) {
  const reply = await client.send(sent)
  run.findings.count('requests at saturation')
  run.findings.count(`saturation: answers ${String(reply.status)[0]}xx`)
  if (reply.status >= 500)
    run.findings.add({
      kind: '5xx',
      key: `saturation ${sent.method} ${reply.status}`,
      what: `${sent.method} ${sent.path} answered ${reply.status} at saturation (${server.lastFault()})`,
      replay: replayOf(run, 'saturation'),
    })
  return reply
}

/** Memory and descriptors once all connections are closed. */
async function rested(server: Server): Promise<Usage> {
  await wait(REST_MS)
  const client = openClient(server.port, 1)
  await ask(client, sendJson('GET', '/_ims/health'), Anything)
  client.close()
  return server.usage()
}

function judge(run: Run, usages: readonly Usage[]): void {
  const { findings } = run
  findings.note(
    'memory after the warm-up and each part',
    `${usages.map(({ memory }) => memory).join(', ')} MiB`,
  )
  findings.note(
    'descriptors after the warm-up and each part',
    usages.map((each) => each.descriptors).join(', '),
  )
  const replay = replayOf(run, 'saturation')
  const [before] = usages
  const [earlier, after] = usages.slice(-2)
  if (before === undefined || earlier === undefined || after === undefined) return
  const bound = earlier.memory + Math.max(earlier.memory * MORE_MEMORY.share, MORE_MEMORY.mib)
  if (after.memory > bound)
    findings.add({
      kind: 'damage',
      key: 'memory',
      what: `memory still grew in the last part, from ${earlier.memory} to ${after.memory} MiB`,
      replay,
    })
  if (after.descriptors > before.descriptors + MORE_DESCRIPTORS)
    findings.add({
      kind: 'damage',
      key: 'descriptors',
      what: `open descriptors grew from ${before.descriptors} to ${after.descriptors}`,
      replay,
    })
}
