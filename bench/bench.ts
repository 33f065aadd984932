/**
 * Prints ratios of the emulator to a bare Hono server that answers the same bytes from memory, both in one run on one machine.
 * BENCH_SECONDS sets the duration of each load (3 by default).
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { type Served, serveBare, serveOurs } from './servers.ts'
import { settlingLine } from './settle.ts'
import { worldsLine } from './worlds.ts'

const seconds = Number(process.env.BENCH_SECONDS ?? 3)
const headers = { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json' }
const place = mkdtempSync(join(tmpdir(), 'ims-emulator-bench-'))
const buckets = join(place, 'buckets')
mkdirSync(join(buckets, 'images'), { recursive: true })
copyFileSync('fixtures/disk-images/tiny-v3.qcow2', join(buckets, 'images', 'tiny.qcow2'))

const creation = JSON.stringify({ name: 'bench', image_url: 'images:tiny.qcow2', min_disk: 1 })

interface Load {
  name: string
  requests: { method: 'GET' | 'POST'; path: string; body?: string }[]
}

/** Measures answers per second with 8 connections. */
async function measure(url: string, { requests }: Load, token = 'demo-token'): Promise<number> {
  const run = await autocannon({
    url,
    connections: 8,
    duration: seconds,
    requests: requests.map((each) => ({ ...each, headers: { ...headers, 'X-Auth-Token': token } })),
  })
  if (run.non2xx > 0 || run.errors > 0)
    throw new Error(`${run.non2xx} refusals and ${run.errors} errors under load`)
  return run.requests.average
}

async function answerOf(ours: Served, { method, path, body }: Load['requests'][number]) {
  const reply = await fetch(ours.url + path, { method, headers, ...(body && { body }) })
  return { type: reply.headers.get('content-type') ?? '', body: await reply.text() }
}

/** Number of alternating measurements of each side; the best one counts. */
const ROUNDS = 3
/** Number of rules of a large scenario. */
const RULES = 200

/** Worlds with special settings, in which a point read is compared with one in a plain world. */
const SPECIAL: Readonly<Record<string, string>> = {
  strict: 'rights are looked at',
  ruled: `${RULES} rules, some of them about point reads`,
}

/**
 * Compares a point read in special worlds with one in a plain world: same process, same image, same user, whose permissions
 * come from a group. The sides are measured alternately, and the best measurement of each counts.
 */
async function worldsTable(ours: Served, path: string): Promise<string> {
  await post(ours, '/_ims/worlds', { name: 'plain' })
  await post(ours, '/_ims/worlds', { name: 'strict', auth: 'strict' })
  await post(ours, '/_ims/worlds', { name: 'ruled' })
  for (const rule of rules()) await post(ours, '/_ims/worlds/ruled/rules?place=last', rule)
  const best = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const world of ['plain', ...Object.keys(SPECIAL)]) {
      const requests = [{ method: 'GET' as const, path: `/w/${world}${path}` }]
      const rate = await measure(ours.url, { name: world, requests }, 'reader-token')
      best.set(world, Math.max(rate, best.get(world) ?? 0))
    }
  }
  const plain = best.get('plain') ?? 0
  const rows = Object.entries(SPECIAL).map(([world, what]) => {
    const rate = best.get(world) ?? 0
    return `| point read, ${what} | ${rate.toFixed(0)} | ${plain.toFixed(0)} | ${(rate / plain).toFixed(2)} |`
  })
  return ['', '| what | there | in a plain world | ratio |', '| --- | ---: | ---: | ---: |', ...rows].join(
    '\n',
  )
}

async function post(ours: Served, path: string, json: object): Promise<void> {
  const reply = await fetch(ours.url + path, { method: 'POST', headers, body: JSON.stringify(json) })
  if (reply.status !== 201) throw new Error(`POST ${path} answered ${reply.status}: ${await reply.text()}`)
}

/** Rules that never fire: one of ten applies to point reads, and none matches the image. */
function rules(): object[] {
  const operations = ['GlanceShowImage', 'CreateImage', 'ListImages', 'ShowJob', 'CopyImage*', 'ExportImage*']
  return Array.from({ length: RULES }, (_, n) => ({
    name: `rule ${n}`,
    when: {
      operation: n % 10 === 0 ? operations[0] : operations[1 + (n % 5)],
      resource: { name: { matches: `^never-${n}$` } },
    },
    then: { error: 'IMG.0046' },
  }))
}

const table: string[] = []
function row(name: string, ours: string, bare: string, ratio: number): void {
  table.push(`| ${name} | ${ours} | ${bare} | ${ratio.toFixed(2)} |`)
}

try {
  writeFileSync(
    join(place, 'quota.yaml'),
    'scenario: bench\nsummary: No quota stops a load.\nextends: instant\nquotas: { private_images: 1000000, concurrent_imports: 1000000 }\n',
  )
  const ours = await serveOurs(buckets, '--scenario', join(place, 'quota.yaml'))
  const project = JSON.parse(await (await fetch(`${ours.url}/_ims/info`)).text()).project_id
  const listed = JSON.parse((await answerOf(ours, { method: 'GET', path: '/v2/cloudimages?limit=1' })).body)
  const job = JSON.parse(
    (await answerOf(ours, { method: 'POST', path: '/v2/cloudimages/action', body: creation })).body,
  )
  const loads: Load[] = [
    { name: 'point read', requests: [{ method: 'GET', path: `/v2/images/${listed.images[0].id}` }] },
    { name: 'list of 25', requests: [{ method: 'GET', path: '/v2/cloudimages?limit=25' }] },
    {
      name: 'create and settle',
      requests: [
        { method: 'POST', path: '/v2/cloudimages/action', body: creation },
        { method: 'GET', path: `/v1/${project}/jobs/${job.job_id}` },
      ],
    },
  ]
  const recorded: Record<string, { type: string; body: string }> = {}
  for (const request of loads.flatMap((load) => load.requests)) {
    recorded[`${request.method} ${request.path.split('?')[0]}`] = await answerOf(ours, request)
  }
  writeFileSync(join(place, 'recorded.json'), JSON.stringify(recorded))
  const bare = await serveBare(join(place, 'recorded.json'))

  const fresh = { ours: ours.residentMiB(), bare: bare.residentMiB() }
  for (const load of loads) {
    const slow = await measure(ours.url, load)
    const fast = await measure(bare.url, load)
    row(`${load.name}, answers per second`, slow.toFixed(0), fast.toFixed(0), slow / fast)
  }
  row(
    'start to first answer, ms',
    ours.readyAfter.toFixed(0),
    bare.readyAfter.toFixed(0),
    ours.readyAfter / bare.readyAfter,
  )
  row('resident memory after start, MiB', String(fresh.ours), String(fresh.bare), fresh.ours / fresh.bare)
  const loaded = { ours: ours.residentMiB(), bare: bare.residentMiB() }
  row(
    'resident memory after the load, MiB',
    String(loaded.ours),
    String(loaded.bare),
    loaded.ours / loaded.bare,
  )
  console.log(`| what | ours | bare Hono | ratio |\n| --- | ---: | ---: | ---: |\n${table.join('\n')}`)
  console.log(await worldsTable(ours, `/v2/images/${listed.images[0].id}`))
  await ours.stop()
  await bare.stop()
  console.log(await settlingLine())
  console.log(worldsLine())
} finally {
  rmSync(place, { recursive: true, force: true })
}
