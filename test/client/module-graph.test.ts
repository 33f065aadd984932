import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const src = fileURLToPath(new URL('../../src', import.meta.url))

const STATEMENT = /^(?:import|export)\b(?!\s+type\b)(?:[^'";]*?\bfrom)?\s*'([^']+)'/gm

/** The modules that a file loads at once: those of its import and export statements, but for `import type` and `export type`. */
function importsOf(text: string): string[] {
  return [...text.matchAll(STATEMENT)].map((match) => match[1] ?? '')
}

/** Walks the static imports from an entry of the package. Modules of ours are paths below `src/`, others are package names. */
function graphOf(entry: string): { ours: string[]; packages: string[] } {
  const ours = new Set<string>()
  const packages = new Set<string>()
  const pending = [entry]
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (ours.has(path)) continue
    ours.add(path)
    if (!path.endsWith('.ts')) continue
    const file = join(src, path)
    for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('.')) pending.push(relative(src, join(dirname(file), specifier)))
      else if (!specifier.startsWith('node:')) packages.add(specifier)
    }
  }
  return { ours: [...ours].sort(), packages: [...packages].sort() }
}

test('a module is followed unless the statement imports types only', () => {
  const text = [
    "import 'a'",
    "import { b } from 'b'",
    "import type { C } from 'c'",
    "export type { D } from 'd'",
    "export { type E, e } from 'e'",
    "import {\n  f,\n} from 'f'",
    "export const from = 'g'",
    "const h = await import('h')",
  ]
  expect(importsOf(text.join('\n'))).toEqual(['a', 'b', 'e', 'f'])
})

describe.each([
  ['vitest.ts', ['vitest', 'zod']],
  ['jest.ts', ['zod']],
  ['index.ts', ['zod']],
  ['global-setup.ts', ['zod']],
  ['client/emulator-client.ts', ['zod']],
])('%s', (entry, packages) => {
  const graph = graphOf(entry)

  test('loads no database driver and no server', () => {
    expect(graph.packages).toEqual(packages)
    expect(graph.ours.filter((path) => /^(?:database|http|services|simulation)\//.test(path))).toEqual([])
  })

  test('loads fewer than 40 modules of ours', () => {
    expect(graph.ours).toContain('client/emulator-client.ts')
    expect(graph.ours.length).toBeLessThan(40)
  })
})

test('the server itself loads the modules that clients do not', () => {
  const { ours, packages } = graphOf('worlds/emulator.ts')
  expect(packages).toEqual(expect.arrayContaining(['better-sqlite3', 'yaml']))
  expect(ours).toContain('database/drizzle.ts')
  expect(ours.length).toBeGreaterThan(100)
  // Signatures for an object store are loaded when one is used.
  expect(ours).toContain('database/object-store/connection.ts')
  expect(packages).not.toContain('aws4fetch')
})
