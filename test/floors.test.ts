import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))

/** The folders of `src/`, lowest first. A file may import from its own folder and from those before it (docs/house.md). */
const FLOORS = [
  'lib',
  'database',
  'simulation',
  'accounts',
  'contract',
  'services',
  'worlds',
  'control',
  'client',
  'http',
  'cli',
]
/** The files beside the folders: the library stands on the server, the executable on everything. */
const TOP: Readonly<Record<string, number>> = {
  'index.ts': FLOORS.indexOf('http'),
  'vitest.ts': FLOORS.indexOf('http'),
  'jest.ts': FLOORS.indexOf('http'),
  'global-setup.ts': FLOORS.indexOf('http'),
  'global-teardown.ts': FLOORS.indexOf('http'),
  'bin.ts': FLOORS.length,
}

/** The only path between services: each may import from those in an earlier group, and from no other. */
const SERVICES = [['kms', 'obs', 'vpc'], ['eip', 'evs'], ['ecs'], ['cbr', 'kps'], ['ims'], ['glance', 'eps']]
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(src, path), 'utf8') }))

function floorOf(path: string): number {
  const [first = ''] = path.split('/')
  const floor = TOP[path] ?? FLOORS.indexOf(first)
  if (floor < 0) throw new Error(`src/${path} stands on no floor`)
  return floor
}

function importsOf(path: string, text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '')
  return specifiers.map((specifier) => relative(src, join(src, path, '..', specifier)))
}

/** The service that a file belongs to; undefined for files outside of a service's folder. */
function serviceOf(path: string): string | undefined {
  const [first, second = ''] = path.split('/')
  // Files beside the folders are shared by all services, or list them.
  return first === 'services' && !second.endsWith('.ts') ? second : undefined
}

function mayImport(service: string, other: string): boolean {
  const group = SERVICES.findIndex((names) => names.includes(service))
  const otherGroup = SERVICES.findIndex((names) => names.includes(other))
  return service === other || (otherGroup >= 0 && otherGroup < group)
}

test('every import points to its own floor or to one below', () => {
  const upward = files.flatMap(({ path, text }) =>
    importsOf(path, text)
      .filter((target) => floorOf(target) > floorOf(path))
      .map((target) => `${path} imports ${target}`),
  )
  expect(upward).toEqual([])
})

test('a service imports other services only along the one path between them', () => {
  const crossing = files.flatMap(({ path, text }) => {
    const service = serviceOf(path)
    if (service === undefined) return []
    return importsOf(path, text).flatMap((target) => {
      const other = serviceOf(target)
      return other === undefined || mayImport(service, other) ? [] : [`${path} imports ${target}`]
    })
  })
  expect(crossing).toEqual([])
})

test('drizzle and better-sqlite3 are imported by database/, tables and queries only', () => {
  const outside = files.filter(
    ({ path, text }) =>
      !path.startsWith('database/') &&
      !/(?:^|\/)(?:tables|queries)(?:\.ts|\/)/.test(path) &&
      /drizzle|better-sqlite3/.test(text),
  )
  expect(outside.map(({ path }) => path)).toEqual([])
})

/** The files that may read the host's time, wait in real time, or draw from unseeded chance, and what they may use. */
const DOORS: Readonly<Record<string, RegExp>> = {
  'lib/time.ts': /Date|setTimeout/,
  'http/listen.ts': /AbortSignal\.timeout/,
}

test('time and chance come through one door each', () => {
  const forbidden =
    /\bnew Date\(\)|\bDate\.now\b|Math\.random|randomUUID|randomBytes|setTimeout|setInterval|\bDate\.parse\b|AbortSignal\.timeout/g
  const found = files.flatMap(({ path, text }) =>
    [...text.matchAll(forbidden)]
      .filter(([match]) => !DOORS[path]?.test(match))
      .map(([match]) => `${path}: ${match}`),
  )
  expect(found).toEqual([])
})

test('the server parses what comes from outside through one door', () => {
  const outside = files.filter(
    ({ path, text }) =>
      !/^(?:cli|client)\/|^lib\/parse\.ts$/.test(path) && /(?<!\bz)\.safeParse\(/.test(text),
  )
  expect(outside.map(({ path }) => path)).toEqual([])
})
