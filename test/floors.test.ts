import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))

/** Imports point downwards: a file may import from its own floor and those below (docs/house.md). */
const FLOORS = ['kernel', 'store', 'engine', 'cloud', 'operations', 'api', 'kit', 'server', 'cli']
/** What `import 'ims-emulator'` gives stands on the server; the executable stands on everything. */
const TOP: Readonly<Record<string, number>> = {
  'index.ts': FLOORS.indexOf('server'),
  'vitest.ts': FLOORS.indexOf('server'),
  'jest.ts': FLOORS.indexOf('server'),
  'global-setup.ts': FLOORS.indexOf('server'),
  'global-teardown.ts': FLOORS.indexOf('server'),
  'bin.ts': FLOORS.length,
}

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

test('every import points to its own floor or to one below', () => {
  const upward = files.flatMap(({ path, text }) =>
    importsOf(path, text)
      .filter((target) => floorOf(target) > floorOf(path))
      .map((target) => `${path} imports ${target}`),
  )
  expect(upward).toEqual([])
})

test('SQL is written on the store floor only', () => {
  const outside = files.filter(
    ({ path, text }) => !path.startsWith('store/') && /drizzle|better-sqlite3/.test(text),
  )
  expect(outside.map(({ path }) => path)).toEqual([])
})

/** Who may look at the host's time, wait in it, or draw from chance that no seed controls, and why. */
const DOORS: Readonly<Record<string, RegExp>> = {
  'kernel/time.ts': /Date/,
  'kernel/wait.ts': /setTimeout/,
  'server/listen.ts': /AbortSignal\.timeout/,
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
