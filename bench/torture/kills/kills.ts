import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openClient } from '../client.ts'
import { said } from '../findings.ts'
import { makePlace, type Place } from '../place.ts'
import { type Run, replayOf } from '../run.ts'
import { hasStack, type Server, startServer } from '../server.ts'
import type { Kind } from './action.ts'
import { aimOf, loadUntilKilled, WORKERS } from './load.ts'
import { EMPTY_WORLD, type Model } from './model.ts'
import { verify } from './verify.ts'

/** A data folder goes through this many kills, before a new one is taken. */
const KILLS_OF_A_FOLDER = 20

/**
 * Kills a server again and again until the time is over: in turns at a random moment, and aimed at one request. After each
 * kill it is started again, and everything that was acknowledged must be there.
 * @param lane several lanes run beside one another, each with a server of its own.
 * @param deadline real ms since the epoch.
 */
export async function killUntil(run: Run, lane: number, deadline: number): Promise<void> {
  const durations = new Map<Kind, number>()
  let number = 0
  for (let folder = 0; Date.now() < deadline; folder++) {
    const place = makePlace(run.folder, `kills-${lane}-${folder}`)
    number = await tortureFolder(run, place, lane, number, deadline, durations)
    for (const canary of place.lostCanaries())
      run.findings.add({
        kind: 'damage',
        key: 'canary',
        what: `${canary} was changed`,
        replay: replayOf(run, 'kills'),
      })
  }
}

async function tortureFolder(
  run: Run,
  place: Place,
  lane: number,
  first: number,
  deadline: number,
  durations: Map<Kind, number>,
): Promise<number> {
  const { findings } = run
  let number = first
  let models: Model[] = Array.from({ length: WORKERS }, (_, worker) => ({
    worlds: worker === 0 ? new Map([['default', EMPTY_WORLD]]) : new Map(),
    snapshots: new Map(),
  }))
  let server = await start(place)
  while (Date.now() < deadline && number < first + KILLS_OF_A_FOLDER) {
    number += 1
    const id = `${lane}-${number}`
    const aim = run.aim !== undefined || number % 2 === 0 ? aimOf(run, lane + number / 2) : undefined
    const client = openClient(server.port, 2 * WORKERS)
    const known = await loadUntilKilled({ run, server, client, id, models, aim, durations })
    client.close()
    findings.count(aim === undefined ? 'kills at a random moment' : 'kills aimed at a request')
    const underWay = known.flatMap(({ underWay: action }) => action?.what ?? [])
    const damage = (what: string) =>
      findings.add({
        kind: 'damage',
        key: keyOf(what),
        what: `kill ${id}${aim === undefined ? '' : ` aimed at ${aim}`}: ${what} (under way: ${underWay.join(', ') || 'nothing'})`,
        replay: replayOf(run, 'kills', aim === undefined ? '' : ` --aim ${aim}`),
      })
    try {
      server = await start(place)
    } catch (error) {
      damage(said(error))
      return number
    }
    try {
      const again = openClient(server.port, 8)
      const verified = await verify(place, again, server.projectId, known)
      again.close()
      models = verified.models
      for (const what of verified.damage) damage(what)
      if (verified.damage.length > 0) break
    } catch (error) {
      damage(`the check after the start failed: ${said(error)}`)
      break
    }
  }
  await endWell(run, place, server)
  return number
}

function start(place: Place): Promise<Server> {
  return startServer(place, ['--data', place.data, '--buckets', place.buckets, '--scenario', place.scenario])
}

/** Damage of a kind is one finding, whatever the ids and numbers in it. */
function keyOf(what: string): string {
  return what
    .replace(/"[^"]*"/g, '')
    .replace(/[0-9a-f-]*\d[0-9a-f-]*/g, '#')
    .slice(0, 80)
}

/** Stops a server, which must end by itself and leave no lock. */
async function endWell(run: Run, place: Place, server: Server): Promise<void> {
  const end = await server.stop()
  const replay = replayOf(run, 'kills')
  if (end.code !== 0)
    run.findings.add({
      kind: 'damage',
      key: 'SIGTERM',
      what: `after SIGTERM it ended with ${end.code ?? end.signal}`,
      replay,
    })
  if (existsSync(join(place.data, 'lock.json')))
    run.findings.add({ kind: 'damage', key: 'lock', what: 'lock.json was left after SIGTERM', replay })
  if (hasStack(server.stderr()))
    run.findings.add({
      kind: 'remark',
      key: server.stderr().slice(0, 120),
      what: `standard error has a stack trace: ${server.stderr().slice(0, 400)}`,
      replay,
    })
}
