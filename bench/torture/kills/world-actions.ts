import { z } from 'zod'
import { sendJson } from '../client.ts'
import { type Action, aWorld, type Choice, type Maker, read, type WorldKind } from './action.ts'
import {
  EMPTY_WORLD,
  idle,
  type Model,
  type WorldModel,
  withSnapshot,
  withValue,
  withWorld,
} from './model.ts'

/** Snapshots of one world, at most. */
const MOST_SNAPSHOTS = 4

const Advanced = z.object({ now: z.string() })

const control = (world: string, path: string) => `/_ims/worlds/${world}/${path}`

/** Requests about whole worlds and snapshots: all change more than a row. */
export const worldActions: Record<WorldKind, Maker> = {
  advance(choice) {
    const found = aWorld(choice, () => true)
    if (found === undefined) return undefined
    const [name] = found
    return {
      kind: 'advance',
      what: `advance ${name}`,
      sent: sendJson('POST', control(name, 'clock/advance'), { until: 'idle' }),
      after(model, reply) {
        const world = model.worlds.get(name)
        // Without a reply some jobs have ended and some have not, which the model allows already.
        if (reply === undefined || world === undefined) return model
        return withWorld(model, name, idle(world, read(reply, Advanced).now))
      },
    }
  },
  save(choice) {
    const found = aWorld(choice, (_world, name) => saves(choice.model, name).size < MOST_SNAPSHOTS)
    if (found === undefined) return undefined
    const [name, world] = found
    const snapshot = `s${choice.step}`
    return {
      kind: 'save',
      what: `save ${snapshot} of ${name}`,
      sent: sendJson('POST', control(name, 'snapshots'), { name: snapshot }),
      after: (model) => withSnapshot(model, name, snapshot, world),
    }
  },
  restore: (choice) =>
    onSnapshot(choice, 'restore', (world, name, saved) => ({
      what: `restore ${name} of ${world}`,
      sent: sendJson('PUT', control(world, `snapshots/${name}/restore`)),
      after: (model) => withWorld(model, world, saved),
    })),
  deleteSnapshot: (choice) =>
    onSnapshot(choice, 'deleteSnapshot', (world, name) => ({
      what: `delete snapshot ${name} of ${world}`,
      sent: sendJson('DELETE', control(world, `snapshots/${name}`)),
      after: (model) => withSnapshot(model, world, name, undefined),
    })),
  createWorld: (choice) =>
    onNewWorld(choice, 'createWorld', (name) => ({
      what: `create the world ${name}`,
      sent: sendJson('POST', '/_ims/worlds', { name }),
      after: (model) => withWorld(model, name, EMPTY_WORLD),
    })),
  fork: (choice) =>
    onNewWorld(choice, 'fork', (name) => {
      const found = aWorld(choice, ({ images }) => images.size > 0)
      if (found === undefined) return undefined
      const [from, world] = found
      return {
        what: `fork ${from} as ${name}`,
        sent: sendJson('POST', control(from, 'fork'), { name }),
        after: (model) => withWorld(model, name, world),
      }
    }),
  reset(choice) {
    const found = aWorld(choice, ({ images }) => images.size > 5)
    if (found === undefined) return undefined
    const [name] = found
    return {
      kind: 'reset',
      what: `reset ${name}`,
      sent: sendJson('POST', control(name, 'reset')),
      after: (model) => withWorld(model, name, EMPTY_WORLD),
    }
  },
  deleteWorld(choice) {
    const found = aWorld(choice, ({ images }, name) => name !== 'default' && images.size > 0)
    if (found === undefined) return undefined
    const [name] = found
    return {
      kind: 'deleteWorld',
      what: `delete the world ${name}`,
      sent: sendJson('DELETE', `/_ims/worlds/${name}`),
      after(model) {
        const rest = withWorld(model, name, undefined)
        return { ...rest, snapshots: withValue(rest.snapshots, name, undefined) }
      },
    }
  },
}

function saves(model: Model, world: string): ReadonlyMap<string, WorldModel> {
  return model.snapshots.get(world) ?? new Map()
}

function onSnapshot(
  choice: Choice,
  kind: WorldKind,
  make: (world: string, name: string, saved: WorldModel) => Omit<Action, 'kind'>,
): Action | undefined {
  const found = aWorld(choice, (_world, name) => saves(choice.model, name).size > 0)
  if (found === undefined) return undefined
  const [name, saved] = choice.random.pick([...saves(choice.model, found[0])])
  return { kind, ...make(found[0], name, saved) }
}

function onNewWorld(
  choice: Choice,
  kind: WorldKind,
  make: (name: string) => Omit<Action, 'kind'> | undefined,
): Action | undefined {
  const free = choice.names.filter((name) => !choice.model.worlds.has(name))
  const made = free.length === 0 ? undefined : make(choice.random.pick(free))
  return made && { kind, ...made }
}
