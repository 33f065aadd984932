import type { Client } from '../client.ts'
import type { Place } from '../place.ts'
import type { Action } from './action.ts'
import { differences, learnIds } from './compare.ts'
import { diskDamage } from './disk.ts'
import type { Model } from './model.ts'
import { hasObject, jobStatus, membersOf, type ObservedWorld, observeWorlds } from './observe.ts'

/** What a worker knows at a kill: its model, and the request that was under way. */
export interface Known {
  model: Model
  underWay: Action | undefined
}

/** What is true after a restart. */
export interface Verified {
  /** The models that the server agrees with. */
  models: Model[]
  damage: string[]
}

const PARTNER = '0605767b4480d5872f0ec00af5c37a9b'

/** Checks everything that was acknowledged. A request that was under way is done wholly or not at all. */
export async function verify(
  place: Place,
  client: Client,
  projectId: string,
  workers: readonly Known[],
): Promise<Verified> {
  const observed = await observeWorlds(client)
  const damage = diskDamage(place, [...observed.keys()])
  const models: Model[] = []
  for (const [number, { model, underWay }] of workers.entries()) {
    const own = new Map([...observed].filter(([name]) => isOf(number, name)))
    const candidates = [model, ...(underWay ? [underWay.after(model)] : [])]
    const verdicts = await Promise.all(
      candidates.map((candidate) => judge(client, projectId, candidate, own)),
    )
    // A restore may leave the images as they were, and the jobs not: the candidate with the least damage is the true one.
    const closest = verdicts.toSorted((a, b) => weightOf(a) - weightOf(b))[0]
    if (closest === undefined) continue
    if (closest.found.length > 0)
      damage.push(
        `${closest.found.length} differences when "${underWay?.what ?? 'nothing'}" was under way, the first: ${closest.found.slice(0, 3).join('; ')}`,
      )
    models.push(closest.learnt)
    damage.push(...closest.details)
  }
  return { models, damage }
}

/** What speaks against a candidate. */
interface Verdict {
  /** The candidate, with the ids that the server has given. */
  learnt: Model
  /** Differences of images and worlds. */
  found: string[]
  /** What is wrong with jobs, members and objects. */
  details: string[]
}

async function judge(
  client: Client,
  projectId: string,
  candidate: Model,
  own: ReadonlyMap<string, ObservedWorld>,
): Promise<Verdict> {
  const learnt = learnIds(candidate, own)
  const details = await detailDamage(client, projectId, learnt, own)
  return { learnt, found: differences(candidate, own), details }
}

function weightOf({ found, details }: Verdict): number {
  return found.length + details.length
}

/** Worker 0 has the default world, too. */
function isOf(worker: number, world: string): boolean {
  return world.startsWith(`k${worker}-`) || (worker === 0 && world === 'default')
}

/** Checks jobs, members and exported objects. */
async function detailDamage(
  client: Client,
  project: string,
  model: Model,
  observed: ReadonlyMap<string, ObservedWorld>,
): Promise<string[]> {
  const damage: string[] = []
  for (const [world, { jobs, images }] of model.worlds) {
    if (!observed.has(world)) continue
    for (const [id, { done, object }] of jobs) {
      const status = await jobStatus(client, world, project, id)
      if (/^\d+$/.test(status)) damage.push(`${world}: the job ${id} is answered ${status}`)
      else if (done && status !== 'SUCCESS' && status !== 'FAIL')
        damage.push(`${world}: the job ${id} had ended, and is ${status}`)
      if (object !== undefined && status === 'SUCCESS' && !(await hasObject(client, world, 'images', object)))
        damage.push(`${world}: the export ${id} succeeded, and its object is not there`)
    }
    for (const [name, { id, member }] of images)
      if (
        member === true &&
        id !== undefined &&
        !(await membersOf(client, world, project, id)).includes(PARTNER)
      )
        damage.push(`${world}: the image ${name} has lost its member`)
  }
  return damage
}
