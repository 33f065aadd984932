import { z } from 'zod'
import { idsOf } from '../../database/statements.ts'
import { Flag, fixtureSection, Id, record } from '../../simulation/fixtures.ts'
import { defineNeighbour } from '../service.ts'
import { insertKeys, type KeyRow, keys } from './tables.ts'

const Key = record({
  id: Id,
  project_id: Id,
  alias: Id,
  state: z.enum(['enabled', 'disabled', 'pending_deletion']).default('enabled'),
  /** The key that the cloud made for the service. */
  default: Flag,
  /** Other projects that may decrypt with it. */
  grants: z.array(Id).default([]),
})

const keyFixtures = {
  keys: fixtureSection({
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
  }),
} as const

export const kms = defineNeighbour({
  id: 'kms',
  title: 'Key Management Service',
  description: 'Keys that encrypt images and disks.',
  fixtures: keyFixtures,
})
