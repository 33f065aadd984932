import { expect, test } from 'vitest'
import { openDatabase } from '../../../src/database/open.ts'
import { listTraceRows } from '../../../src/services/cts/queries.ts'
import { recordTrace } from '../../../src/services/cts/record.ts'
import { openChance } from '../../../src/simulation/chance.ts'

test('a world keeps its latest traces, and gives no number twice', () => {
  const { db, close } = openDatabase()
  const world = { db, chance: openChance(db, 1) }
  const caller = {
    userId: 'u',
    userName: 'user',
    projectId: 'p',
    projectName: 'project',
    region: 'r',
    domainId: 'd',
    domainName: 'domain',
    userDomainId: 'd',
    roles: [],
    known: true,
    domainScoped: false,
  }
  for (let n = 1; n <= 7; n++) {
    const call = {
      trace: { serviceType: 'IMS', resourceType: 'image', name: `call${n}` },
      operation: 'Call',
      caller,
      accessKey: undefined,
      path: '/w/blue/v2.1/images',
      at: n,
      requestId: String(n),
      status: 200,
      resource: {},
      sent: undefined,
      answered: undefined,
      sourceIp: undefined,
    }
    recordTrace(world, call, 3)
  }
  const kept = listTraceRows(db, {}, { after: 0 }, 100)
  expect(kept.map(({ name, number }) => [name, number])).toEqual([
    ['call7', 7],
    ['call6', 6],
    ['call5', 5],
  ])
  expect(kept.map(({ detail }) => detail.apiVersion)).toEqual(['2.1', '2.1', '2.1'])
  close()
})
