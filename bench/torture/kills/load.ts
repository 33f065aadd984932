import { type Client, wait } from '../client.ts'
import { said } from '../findings.ts'
import { openRandom, type Random } from '../random.ts'
import { type Run, replayOf } from '../run.ts'
import type { Server } from '../server.ts'
import type { Action, Choice, Kind } from './action.ts'
import { AIMED, chooseAction, makeAction } from './actions.ts'
import type { Model } from './model.ts'
import type { Known } from './verify.ts'

/** Workers of one server: each sends one request at a time about worlds of its own. */
export const WORKERS = 4

const WORLD_NAMES = ['a', 'b', 'c']

/** One kill: when it comes, and what it is aimed at. */
export interface Kill {
  run: Run
  server: Server
  client: Client
  /** Says which kill it is. */
  id: string
  models: readonly Model[]
  /** Undefined for a kill at a random moment. */
  aim: Kind | undefined
  /** How long each kind takes, ms. */
  durations: Map<Kind, number>
}

/** Actions of the worker that a kill is aimed with before its target is possible, at most. */
const PREPARATIONS = 60

/** Puts load on a server until it is killed, and returns what every worker then knows. */
export async function loadUntilKilled(kill: Kill): Promise<Known[]> {
  const { server, aim, id, run } = kill
  const random = openRandom(run.seed, 'kill', id)
  let killed: Promise<void> | undefined
  const strike = () => {
    killed ??= server.kill()
  }
  const isOver = () => killed !== undefined || server.end() !== undefined
  const workers = Array.from({ length: WORKERS }, (_, number) =>
    number === 0 && aim !== undefined
      ? aimWith(kill, aim, random, isOver, strike)
      : work(kill, number, openRandom(run.seed, 'worker', id, number), isOver),
  )
  if (aim === undefined) {
    await wait(random.between(10, 700))
    strike()
  }
  const known = await Promise.all(workers)
  if (killed === undefined)
    run.findings.add({
      kind: 'crash',
      key: server.stderr().slice(-200),
      what: `the process ended under load by itself: ${server.stderr().trim().slice(-400)}`,
      replay: replayOf(run, 'kills'),
    })
  strike()
  await killed
  return known
}

/** Sends random actions until the process is killed. */
async function work(kill: Kill, number: number, random: Random, isOver: () => boolean): Promise<Known> {
  let known: Known = {
    model: kill.models[number] ?? { worlds: new Map(), snapshots: new Map() },
    underWay: undefined,
  }
  for (let step = 0; !isOver() && known.underWay === undefined; step++) {
    const action = chooseAction(choiceOf(kill, number, random, known.model, step))
    known = await act(kill, known.model, action, isOver)
  }
  return known
}

/** Prepares the target of a kill, sends it, and kills after a part of the time that it usually takes. */
async function aimWith(
  kill: Kill,
  aim: Kind,
  random: Random,
  isOver: () => boolean,
  strike: () => void,
): Promise<Known> {
  let known: Known = {
    model: kill.models[0] ?? { worlds: new Map(), snapshots: new Map() },
    underWay: undefined,
  }
  for (let step = 0; !isOver() && known.underWay === undefined; step++) {
    const choice = choiceOf(kill, 0, random, known.model, step)
    const target = step < 5 ? undefined : makeAction(aim, choice)
    if (target === undefined && step < PREPARATIONS) {
      known = await act(kill, known.model, chooseAction(choice), isOver)
      continue
    }
    const delay = random.next() * 1.3 * (kill.durations.get(aim) ?? 8)
    const aimed = act(kill, known.model, target ?? chooseAction(choice), isOver, () => after(delay, strike))
    known = await aimed
    // A short request may have ended before its kill.
    if (!isOver()) await wait(delay)
    strike()
  }
  return known
}

function choiceOf(kill: Kill, number: number, random: Random, model: Model, step: number): Choice {
  const names = WORLD_NAMES.map((letter) => `k${number}-${letter}`)
  return { random, model, names, step: `${kill.id}-${number}-${step}` }
}

/** Calls a function after some ms, with a precision that timers do not have. */
function after(ms: number, call: () => void): void {
  const at = performance.now() + ms
  const look = () => {
    if (performance.now() >= at) call()
    else setImmediate(look)
  }
  look()
}

/** Sends one action, and applies it to the model once it is acknowledged. */
async function act(
  { run, server, client, durations, id }: Kill,
  model: Model,
  action: Action,
  isOver: () => boolean,
  onSent?: () => void,
): Promise<Known> {
  const { findings } = run
  try {
    const reply = await client.send(action.sent, onSent)
    findings.count('requests')
    if (reply.status >= 500)
      findings.add({
        kind: '5xx',
        key: `load ${action.kind} ${reply.status}`,
        what: `${action.what} answered ${reply.status}: ${reply.body.toString().slice(0, 100)} (${server.lastFault()})`,
        replay: replayOf(run, 'kills', ` # kill ${id}`),
      })
    if (reply.status >= 400) findings.count(`refused: ${action.kind} ${reply.status}`)
    if (reply.status >= 400) return { model, underWay: undefined }
    durations.set(action.kind, ((durations.get(action.kind) ?? reply.ms) * 3 + reply.ms) / 4)
    return { model: action.after(model, reply), underWay: undefined }
  } catch (error) {
    if (!isOver()) findings.count(`lost: ${action.kind}: ${said(error)}`)
    return { model, underWay: action }
  }
}

/** Chooses what the next aimed kill is aimed at, one after the other. */
export function aimOf(run: Run, number: number): Kind {
  const wanted = AIMED.find((kind) => kind === run.aim)
  return wanted ?? AIMED[number % AIMED.length] ?? 'restore'
}
