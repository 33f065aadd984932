import { describe, expect, test } from 'vitest'
import { idleWorlds } from '../../src/worlds/limits.ts'

const MINUTE = 60_000
const NOW = Date.UTC(2026, 0, 1)
const GIB = 2 ** 30

/** A world, the minutes since it was asked last, and how long it was wished to stay. */
type Standing = readonly [name: string, minutesAgo: number, idle?: string]

function population(standings: readonly Standing[]) {
  return {
    worlds: new Map(standings.map(([name, ago]) => [name, { name, usedAt: NOW - ago * MINUTE }])),
    specs: new Map(standings.map(([name, , idle]) => [name, idle === undefined ? {} : { idle }])),
    areKept: false,
    now: NOW,
    memory: () => 0,
  }
}

const many = (count: number, ago = 0): Standing[] =>
  Array.from({ length: count }, (_, n): Standing => [`world-${n}`, ago])

describe('an idle world, when another one is created', () => {
  test.each<[string, Standing, boolean]>([
    ['goes after an hour', ['a', 61], true],
    ['stays until then', ['a', 60], false],
    ['goes after the time that it was wished to stay', ['a', 11, '10m'], true],
    ['stays until that time', ['a', 10, '10m'], false],
    ['stays when it was wished to', ['a', 10_000, 'never'], false],
    ['stays when it is the default one', ['default', 10_000], false],
  ])('%s', (_what, standing, goes) => {
    expect(idleWorlds(population([standing]))).toEqual(goes ? [standing[0]] : [])
  })

  test('stays on disk unless its specification has an idle time', () => {
    const kept = {
      ...population([
        ['a', 10_000],
        ['b', 11, '10m'],
      ]),
      areKept: true,
    }
    expect(idleWorlds(kept)).toEqual(['b'])
  })
})

describe('a further world is refused', () => {
  test('when a thousand exist', () => {
    expect(idleWorlds(population(many(999)))).toEqual([])
    expect(() => idleWorlds(population(many(1000)))).toThrow('there are 1000 worlds already; delete some')
    expect(idleWorlds(population(many(1000, 61)))).toHaveLength(1000)
  })

  test('when the process takes too much memory, which is measured now and then', () => {
    const full = (count: number) => ({ ...population(many(count)), memory: () => 5 * GIB })
    expect(() => idleWorlds(full(32))).toThrow('the worlds take 5120 MiB already; delete some')
    expect(idleWorlds(full(33))).toEqual([])
  })
})
