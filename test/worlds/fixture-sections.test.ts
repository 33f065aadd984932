import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { accountFixtures } from '../../src/accounts/fixtures.ts'
import { readSetting, setting, writeSetting } from '../../src/database/settings.ts'
import { composeCloud } from '../../src/services/compose.ts'
import { listedServices, services } from '../../src/services/index.ts'
import { fixtureSection, Id, record } from '../../src/simulation/fixtures.ts'
import { loadScenario } from '../../src/simulation/scenario/load.ts'
import { composeFixtures } from '../../src/worlds/fixtures/fixture.ts'
import { type OpenWorld, openWorld } from '../../src/worlds/open-world.ts'
import { openTemporaryFolder } from '../../src/worlds/temporary-folder.ts'

const BELLS = setting('bells of the sections', z.array(z.string()))

/** The fixtures of a service that no cloud has: bells of a project, and towers with bells in them. */
const bell = {
  fixtures: {
    bells: fixtureSection({
      item: record({ id: Id, project_id: Id }),
      after: ['projects', 'towers'],
      ids: { bell: (db) => readSetting(db, BELLS) ?? [] },
      add({ world, ids }, items) {
        for (const { id, project_id } of items) {
          ids.claim('bell', id)
          ids.require('project', project_id, `bell ${id}`)
        }
        const names = items.map(({ id }) => id)
        writeSetting(world.db, BELLS, [...(readSetting(world.db, BELLS) ?? []), ...names])
      },
    }),
    towers: fixtureSection({
      item: record({ project_id: Id, bells: z.array(Id) }),
      after: ['projects'],
      add(adding, items) {
        adding.handOn(
          'bells',
          items.flatMap(({ project_id, bells }) => bells.map((id) => ({ id, project_id }))),
        )
      },
    }),
  },
}

const format = composeFixtures([{ fixtures: accountFixtures }, ...listedServices, bell])

describe('sections of a further service', () => {
  const scratch = openTemporaryFolder()
  let world: OpenWorld
  beforeAll(() => {
    world = openWorld({
      name: 'sections',
      cloud: composeCloud(services.huawei),
      start: { scenario: { ...loadScenario('standard'), fixtures: [] }, written: {}, files: [] },
      scratch: scratch.path,
    })
    const project = { id: 'p', name: 'p', region: 'r', domain_id: 'd', domain_name: 'd' }
    format.add(world, format.schema.parse({ projects: [project] }))
  })
  afterAll(() => {
    world.close()
    scratch.remove()
  })

  const bells = () => readSetting(world.db, BELLS) ?? []

  test('are read, added in dependency order, and take items that another section hands on', () => {
    const fixture = format.schema.parse({
      bells: [{ id: 'big', project_id: 'p' }],
      towers: [{ project_id: 'p', bells: ['small'] }],
    })
    format.add(world, fixture)
    expect(bells()).toEqual(['small', 'big'])
  })

  test('refuse an id that exists and one that does not, and add nothing then', () => {
    const add = (id: string, project_id: string) => () =>
      format.add(
        world,
        format.schema.parse({ towers: [{ project_id, bells: ['new'] }], bells: [{ id, project_id }] }),
      )
    expect(add('big', 'p')).toThrow('bell big is there already')
    expect(add('other', 'q')).toThrow('bell new names the project q, which does not exist')
    expect(bells()).toEqual(['small', 'big'])
  })

  test('know their keys, and suggest the nearest one', () => {
    const { error } = format.schema.safeParse({ bels: [] })
    expect(error?.issues.map(({ message }) => message)).toEqual([
      'there is no key bels here; did you mean bells?',
    ])
  })
})

describe('composing sections', () => {
  const item = record({ id: Id })
  const section = (after: string[]) => fixtureSection({ item, after, add: () => {} })

  test('refuses two sections of the same name', () => {
    const twice = { fixtures: { bells: section([]) } }
    expect(() => composeFixtures([bell, twice])).toThrow('two sections of fixtures have the same name: bells')
  })

  test('refuses sections that wait for each other, or for a section that does not exist', () => {
    const circle = { fixtures: { one: section(['two']), two: section(['one']), alone: section([]) } }
    expect(() => composeFixtures([circle])).toThrow(
      'come after each other, or after none that exists: one, two',
    )
    expect(() => composeFixtures([{ fixtures: { one: section(['none']) } }])).toThrow('exists: one')
  })
})
