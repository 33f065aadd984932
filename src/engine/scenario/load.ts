import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { SetupError } from '../../kernel/errors.ts'
import { nearest } from '../../kernel/nearest.ts'
import { packageFile } from '../../kernel/package-files.ts'
import { describeMistakes, place, type Source } from './mistakes.ts'
import { Scenario } from './schema.ts'

const BASE = 'standard'
/** A chain of `extends` longer than this is taken for a mistake. */
const LONGEST_CHAIN = 16

/** Names of the scenarios that ship with the package. */
export function shippedScenarios(): string[] {
  const files = readdirSync(packageFile('scenarios')).filter((file) => file.endsWith('.yaml'))
  return files.map((file) => basename(file, '.yaml')).sort()
}

/** What the command line may set on top of a scenario. */
export interface ScenarioOverrides {
  pace?: Scenario['pace']
  seed?: number
  clock?: { rate: number }
  auth?: { mode: 'lenient' | 'strict' }
}

/**
 * Loads a scenario by the name of a shipped one or by the path of a file, with all that it extends.
 * @throws SetupError with every mistake of the file, one `file:line:column: what` a line.
 */
export function loadScenario(nameOrPath: string, overrides: ScenarioOverrides = {}): Scenario {
  const chain = readChain(nameOrPath)
  const merged = chain.reduceRight<Record<string, unknown>>(
    (below, source) => merge(below, source.content),
    {},
  )
  const result = Scenario.safeParse(merge(merged, { ...overrides }))
  if (!result.success) throw new SetupError(describeMistakes(chain, result.error.issues))
  return result.data
}

/** The scenario's file first, then what it extends, down to `standard`. */
function readChain(nameOrPath: string): Source[] {
  const chain = [readSource(locate(nameOrPath))]
  for (;;) {
    const top = chain.at(-1)
    const parent = top === undefined ? undefined : parentOf(top)
    if (parent === undefined) return chain
    chain.push(readSource(locate(parent)))
    if (chain.length > LONGEST_CHAIN) {
      throw new SetupError(
        `${chain[0]?.file}: extends goes round in a circle, or over more than ${LONGEST_CHAIN} files`,
      )
    }
  }
}

function parentOf({ file, content }: Source): string | undefined {
  if (typeof content.extends === 'string') return content.extends
  return file === packageFile(`scenarios/${BASE}.yaml`) ? undefined : BASE
}

function locate(nameOrPath: string): string {
  if (/^[a-z0-9-]+$/.test(nameOrPath)) {
    const names = shippedScenarios()
    if (names.includes(nameOrPath)) return packageFile(`scenarios/${nameOrPath}.yaml`)
    if (!existsSync(nameOrPath)) {
      const meant = nearest(nameOrPath, names)
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`
      throw new SetupError(
        `no scenario is called ${nameOrPath}${hint} (there are: ${names.join(', ')}; or give the path of a file)`,
      )
    }
  }
  if (!existsSync(nameOrPath)) throw new SetupError(`scenario file ${nameOrPath} does not exist`)
  return nameOrPath
}

function readSource(file: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, prettyErrors: false })
  const broken = document.errors.map((error) => `${place(file, lines, error.pos[0])}: ${error.message}`)
  if (broken.length > 0) throw new SetupError(broken.join('\n'))
  const content: unknown = document.toJS({ maxAliasCount: 100 }) ?? {}
  if (!isRecord(content))
    throw new SetupError(`${file}:1:1: a scenario is a map of sections, found ${typeof content}`)
  return { file, document, lines, content }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Maps merge key by key; everything else of the child replaces what it extends. */
function merge(below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key]
    merged[key] = isRecord(under) && isRecord(value) ? merge(under, value) : value
  }
  return merged
}
