import { z } from 'zod'
import { type Client, openClient, type Reply, type Sent, sendJson } from '../client.ts'
import { said } from '../findings.ts'
import { makePlace, type Place } from '../place.ts'
import { type Probe, preciseNow, startProbe } from '../probe.ts'
import { openRandom } from '../random.ts'
import { type Run, replayOf } from '../run.ts'
import { type Server, startServer } from '../server.ts'
import { fileRequestOf, readShipped } from './files.ts'
import { makeWorlds, resetWorlds } from './known.ts'
import { type Operation, readOperations } from './operations.ts'
import { CLOUD_WORLD, CONTROL_WORLD, requestOf } from './requests.ts'
import { culpritOf, type Past } from './suspects.ts'
import type { Known } from './values.ts'

/** The worlds are put back to their start after this many steps: a replay begins there. */
const ROUND = 400
/** Requests that are under way at a time: few, so that a stop has few suspects. */
const AT_A_TIME = 4
const SHARE_OF_FILES = 0.06
const PATIENCE_MS = 10_000

/** A server under fuzz. */
interface Target {
  run: Run
  server: Server
  client: Client
  probe: Probe
  operations: readonly Operation[]
}

/**
 * Sends fuzzed requests and files until the time is over, or the chosen steps. Several lanes run beside one another, each with
 * a server of its own; they take the rounds in turns, so that a step is the same request in whatever lane.
 * @param deadline real ms since the epoch.
 */
export async function fuzzUntil(run: Run, lane: number, lanes: number, deadline: number): Promise<void> {
  if (run.steps !== undefined && lane > 0) return
  const place = makePlace(run.folder, `fuzz-${lane}`)
  const last = run.steps?.to ?? Number.POSITIVE_INFINITY
  let step = run.steps?.from ?? lane * ROUND
  while (step <= last && (Date.now() < deadline || run.steps !== undefined)) {
    const target = await openTarget(run, place)
    try {
      while (step <= last && target.server.end() === undefined) {
        if (run.steps === undefined && Date.now() >= deadline) break
        const end = Math.min(step - (step % ROUND) + ROUND, last + 1)
        await fuzzRound(target, step, end)
        step = run.steps === undefined ? step + lanes * ROUND : end
      }
    } finally {
      await closeTarget(target)
    }
  }
  for (const canary of place.lostCanaries())
    run.findings.add({
      kind: 'damage',
      key: 'fuzz canary',
      what: `${canary} was changed`,
      replay: replayOf(run, 'fuzz'),
    })
}

async function openTarget(run: Run, place: Place): Promise<Target> {
  const server = await startServer(place, ['--buckets', place.buckets, '--scenario', 'instant'])
  const client = openClient(server.port, AT_A_TIME, PATIENCE_MS)
  const operations = await readOperations(client)
  await makeWorlds(client)
  return { run, server, client, operations, probe: startProbe(server) }
}

async function closeTarget({ run, server, client, probe }: Target): Promise<void> {
  const { longest } = await probe.end()
  run.findings.note('fuzz: longest event-loop gap', `${Math.round(longest)} ms`)
  client.close()
  if (server.end() === undefined) await server.stop()
}

/** Sends the steps from the first to the one before the end, a few at a time. */
async function fuzzRound(target: Target, first: number, end: number): Promise<void> {
  const { run, server, client, probe } = target
  const shipped = readShipped()
  const past: Past[] = []
  try {
    const known = await resetWorlds(client, server.projectId)
    probe.take()
    let step = first
    const worker = async () => {
      while (step < end && server.end() === undefined) {
        const own = step
        step += 1
        past.push(await sendStep(target, own, known, shipped))
      }
    }
    const workers = Array.from({ length: run.steps === undefined ? AT_A_TIME : 1 }, worker)
    const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
    if (server.end() !== undefined) return
    for (const stop of probe.take()) {
      const culprit = await culpritOf(client, server.pid, stop, past)
      if (culprit === undefined) run.findings.count('fuzz: stops that no request repeats alone')
      else
        run.findings.add({
          kind: 'event-loop stop',
          key: culprit.past.name,
          what: `step ${culprit.past.step}, ${shown(culprit.past.name, culprit.past.sent)} stops the server for ${Math.round(culprit.ms)} ms alone`,
          replay: replayOf(run, 'fuzz', ` --steps ${culprit.past.step}`),
        })
    }
    await removeMadeWorlds(client)
  } catch (error) {
    if (server.end() === undefined)
      run.findings.add({
        kind: 'damage',
        key: `round ${said(error).slice(0, 60)}`,
        what: `after the steps ${first} to ${end - 1} the worlds cannot be put back: ${said(error)} (${server.lastFault()})`,
        replay: replayOf(run, 'fuzz', ` --steps ${first}-${end - 1}`),
      })
    // The next round has a new server.
    await server.kill()
  }
}

/** Sends one step. Only a 5xx that no rule asked for, an end of the process and a missing answer are findings. */
async function sendStep(
  { run, server, client, operations }: Target,
  step: number,
  known: Known,
  shipped: ReturnType<typeof readShipped>,
): Promise<Past> {
  const random = openRandom(run.seed, 'files', step)
  const isFile = random.chance(SHARE_OF_FILES)
  const request = requestOf(run.seed, step, operations, known)
  const sent = isFile ? fileRequestOf(random, shipped) : request.sent
  const name = isFile ? `file ${sent.path.split('/').at(-1)}` : request.operation.id
  const from = preciseNow()
  const begin = step - (step % ROUND)
  const replay = `${replayOf(run, 'fuzz', ` --steps ${step}`)} (or --steps ${begin}-${step})`
  try {
    const reply = await client.send(sent)
    run.findings.count(isFile ? 'fuzzed files' : 'fuzzed requests')
    run.findings.count(`fuzz: answers ${String(reply.status)[0]}xx`)
    const isAskedFor = request.isControl && !request.operation.isControl && (await isByRule(client, reply))
    if (reply.status >= 500 && !isAskedFor)
      run.findings.add({
        kind: '5xx',
        key: `${name} ${reply.status} ${server.lastFault().replace(/^\S+ /, '').slice(0, 80)}`,
        what: `step ${step}, ${shown(name, sent)} answered ${reply.status} (${server.lastFault()})`,
        replay,
      })
  } catch (error) {
    const ended = server.end()
    if (ended !== undefined)
      run.findings.add({
        kind: 'crash',
        key: server.stderr().slice(-200),
        what: `the process ended with ${ended.code ?? ended.signal} at step ${step}, ${shown(name, sent)}: ${server.stderr().slice(-300)}`,
        replay,
      })
    // Rules of the control world may cut connections and hold answers back.
    else if (!request.isControl)
      run.findings.add({
        kind: 'damage',
        key: `${name} ${said(error)}`,
        what: `step ${step}, ${shown(name, sent)}: ${said(error)}`,
        replay,
      })
  }
  return { step, name, sent, from, to: preciseNow() }
}

const Entry = z.object({ rules: z.array(z.string()) })

/** True when a rule of the control world fired for a request. */
async function isByRule(client: Client, { headers, status }: Reply): Promise<boolean> {
  if (status < 500) return false
  const id = headers['x-request-id']
  const reply = await client.send({ method: 'GET', path: `/w/${CONTROL_WORLD}/_ims/journal/${id}` })
  const entry = reply.status === 200 ? Entry.parse(JSON.parse(reply.body.toString())) : undefined
  return entry === undefined || entry.rules.length > 0
}

const Worlds = z.object({ worlds: z.array(z.object({ name: z.string() })) })
const Saves = z.object({ snapshots: z.array(z.object({ name: z.string() })) })

/** Deletes the worlds and snapshots that fuzzed requests have made. */
async function removeMadeWorlds(client: Client): Promise<void> {
  const list = await client.send(sendJson('GET', '/_ims/worlds'))
  for (const { name } of Worlds.parse(JSON.parse(list.body.toString())).worlds)
    if (!['default', CLOUD_WORLD, CONTROL_WORLD].includes(name))
      await client.send({ method: 'DELETE', path: `/_ims/worlds/${name}` })
  const saves = await client.send(sendJson('GET', `/_ims/worlds/${CONTROL_WORLD}/snapshots`))
  for (const { name } of Saves.parse(JSON.parse(saves.body.toString())).snapshots)
    await client.send({ method: 'DELETE', path: `/_ims/worlds/${CONTROL_WORLD}/snapshots/${name}` })
}

/** Shows a request on one line. */
function shown(name: string, { method, path, headers, body }: Sent): string {
  const heads = Object.entries(headers ?? {}).map((header) => header.join(': ').slice(0, 60))
  return `${name}: ${method} ${path.slice(0, 160)} [${heads.join(', ')}] ${body?.toString().slice(0, 160) ?? ''}`
}
