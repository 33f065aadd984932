import { z } from 'zod'
import { idsOf } from '../../database/statements.ts'
import { changeOf, changingSection, Flag, Id, record } from '../../simulation/fixtures.ts'
import {
  deleteKey,
  findKey,
  insertKeys,
  KEY_STATES,
  type KeyRow,
  keys,
  listKeys,
  updateKey,
} from './tables.ts'

const State = z.enum(KEY_STATES)
const Grants = z.array(Id)

const Key = record({
  id: Id,
  project_id: Id,
  alias: Id,
  state: State.default('enabled'),
  /** The key that the cloud made for the service. */
  default: Flag,
  /** Ids of other projects, and of accounts, that may decrypt with it. */
  grants: Grants.default([]),
})

export const keyFixtures = {
  keys: changingSection({
    item: Key,
    after: ['projects'],
    ids: { key: (db) => idsOf(db, keys) },
    add({ world, ids }, items) {
      const rows = items.map((key): KeyRow => {
        const { id, alias, state, grants, project_id: projectId } = key
        ids.claim('key', id)
        ids.require('project', projectId, `key ${id}`)
        return { id, alias, state, grants, projectId, isDefault: key.default }
      })
      insertKeys(world.db, rows)
    },
    changes: {
      fields: changeOf({ alias: Id, state: State, grants: Grants }),
      list: (db) => listKeys(db).map(renderKey),
      find(db, id) {
        const key = findKey(db, id)
        return key && renderKey(key)
      },
      change: ({ world }, id, fields) => updateKey(world.db, id, fields),
      remove: ({ world }, id) => deleteKey(world.db, id),
    },
  }),
} as const

function renderKey({ id, projectId, alias, state, isDefault, grants }: KeyRow): z.input<typeof Key> {
  return { id, project_id: projectId, alias, state, default: isDefault, grants }
}
