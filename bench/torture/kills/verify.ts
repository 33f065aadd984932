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
    const compared = candidates.map((candidate) => ({ candidate, found: differences(candidate, own) }))
    const fitting = compared.find(({ found }) => found.length === 0)
    const closest = fitting ?? compared.toSorted((a, b) => a.found.length - b.found.length)[0]
    if (closest === undefined) continue
    if (fitting === undefined)
      damage.push(
        `${closest.found.length} differences when "${underWay?.what ?? 'nothing'}" was under way, the first: ${closest.found.slice(0, 3).join('; ')}`,
      )
    const learnt = learnIds(closest.candidate, own)
    models.push(learnt)
    damage.push(...(await detailDamage(client, projectId, learnt, own)))
  }
  return { models, damage }
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
