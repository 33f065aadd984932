import { existsSync, readdirSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { z } from 'zod'
import { SetupError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { packageFile } from '../../lib/package-files.ts'
import { refuseIssues, type Source, shortened } from './mistakes.ts'
import { Scenario } from './schema.ts'
import { isRecord, parseSource, readSource, SHIPPED_NAME } from './source.ts'

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

/** Something that a scenario names and that does not exist; the path leads into the merged scenario. */
export interface NamedMistake {
  path: readonly (string | number)[]
  message: string
}

/**
 * Looks for names that only the caller knows, such as those of operations. It is shown what was written, which may have
 * mistakes of other kinds in it: all of them are told at once.
 */
export type CheckNames = (written: Record<string, unknown>) => readonly NamedMistake[]

const nothingToCheck: CheckNames = () => []

/** A scenario with all that it extends: as the engine takes it, and in the words it is written in. */
export interface LoadedScenario {
  scenario: Scenario
  /** One map with everything merged in; loaded again it is the same scenario. */
  written: Record<string, unknown>
  /** The files that it was read from; none of a text that was sent. */
  files: readonly string[]
}

/**
 * Loads a scenario by the name of a shipped one or by the path of a file, with all that it extends.
 * @throws SetupError with every mistake of the file, one `file:line:column: what` a line.
 */
export function loadScenario(
  nameOrPath: string,
  overrides: ScenarioOverrides = {},
  check: CheckNames = nothingToCheck,
): Scenario {
  return readScenario(nameOrPath, overrides, check).scenario
}

/** The same, also as it is written. */
export function readScenario(
  nameOrPath: string,
  overrides: ScenarioOverrides = {},
  check: CheckNames = nothingToCheck,
): LoadedScenario {
  const chain = readChain(readSource(locate(nameOrPath, '.')), locate)
  return understand(chain, [...contentsOf(chain), { ...overrides }], check)
}

/** Loads what stands in a text, which mistakes call `file`; it may extend files as well, from the current folder. */
export function readScenarioText(
  file: string,
  text: string,
  check: CheckNames = nothingToCheck,
): LoadedScenario {
  const chain = readChain(parseSource(file, text, '.'), locate)
  return understand(chain, contentsOf(chain), check)
}

/**
 * Reads a scenario that was sent over the network. It extends shipped scenarios only, for files are not the sender's to
 * read. What the text itself says stands above the overrides; what it extends, below them.
 * @param above what stands above the text, too.
 */
export function readSentScenario(
  text: string,
  overrides: ScenarioOverrides = {},
  check: CheckNames = nothingToCheck,
  above: ScenarioOverrides = {},
): LoadedScenario {
  const sent = parseSource('scenario', text, '.')
  const chain = readChain(sent, locateShipped)
  const below = contentsOf(chain).slice(0, -1)
  const own = contentsOf(chain).at(-1) ?? sent.content
  return understand(chain, [...below, { ...overrides }, own, { ...above }], check)
}

/** A scenario that was kept as it is written. @throws SetupError when another version wrote what this one does not know. */
export function restoreScenario(written: unknown): LoadedScenario {
  const kept = parseSource('the scenario that was kept', JSON.stringify(written), '.')
  return understand([kept], [kept.content], nothingToCheck)
}

/** Merges layers, the lowest first, and reads the result; mistakes are told where the sources of the chain have them. */
function understand(
  chain: readonly Source[],
  layers: readonly Record<string, unknown>[],
  check: CheckNames,
): LoadedScenario {
  const written = layers.reduce(merge, {})
  const result = Scenario.safeParse(written)
  const issues = [...(result.error?.issues ?? []), ...check(written).map(issueOf)]
  if (!result.success || issues.length > 0) return refuseIssues(chain, issues)
  // What it extends is merged in, and must not be merged in once more when this is loaded again.
  const { extends: _, ...whole } = written
  return { scenario: result.data, written: whole, files: chain.map(({ file }) => file) }
}

function issueOf({ path, message }: NamedMistake): z.core.$ZodIssue {
  return { code: 'custom', input: undefined, path: [...path], message }
}

/** The contents of a chain, the lowest first. */
function contentsOf(chain: readonly Source[]): Record<string, unknown>[] {
  return chain.map(withOwnSummary).reverse()
}

/** A scenario with a name of its own does not go by the summary of what it extends. */
function withOwnSummary(
  { content }: Source,
  place: number,
  chain: readonly Source[],
): Record<string, unknown> {
  const below = chain[place + 1]?.content.scenario
  if (content.scenario === undefined || content.summary !== undefined || below === undefined) return content
  return { ...content, summary: `As ${below}, with changes of its own.` }
}

/** The scenario's text first, then what it extends, down to `standard`. */
function readChain(first: Source, find: (nameOrPath: string, folder: string) => string): Source[] {
  const chain = [first]
  for (;;) {
    const top = chain.at(-1)
    const parent = top === undefined ? undefined : parentOf(top)
    if (top === undefined || parent === undefined) return chain
    chain.push(readSource(find(parent, top.folder)))
    if (chain.length > LONGEST_CHAIN) {
      throw new SetupError(
        `${first.file}: extends goes round in a circle, or over more than ${LONGEST_CHAIN} files`,
      )
    }
  }
}

function parentOf({ file, content }: Source): string | undefined {
  if (typeof content.extends === 'string') return content.extends
  return file === packageFile(`scenarios/${BASE}.yaml`) ? undefined : BASE
}

function locate(nameOrPath: string, folder: string): string {
  const path = folder === '.' ? nameOrPath : resolve(folder, nameOrPath)
  const isName = SHIPPED_NAME.test(nameOrPath)
  if (isName && (shippedScenarios().includes(nameOrPath) || !existsSync(path)))
    return locateShipped(nameOrPath)
  if (!existsSync(path)) throw new SetupError(`scenario file ${shortened(path)} does not exist`)
  return path
}

function locateShipped(name: string): string {
  const names = shippedScenarios()
  if (names.includes(name)) return packageFile(`scenarios/${name}.yaml`)
  const meant = nearest(name, names)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  const orPath = SHIPPED_NAME.test(name) ? 'or give' : 'the command line alone takes'
  throw new SetupError(
    `no scenario is called ${shortened(name)}${hint} (there are: ${names.join(', ')}; ${orPath} the path of a file)`,
  )
}

/** Maps merge key by key, rules of the child come first; everything else of the child replaces what it extends. */
function merge(below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
  // A map and not assignments: a key of a file may be called __proto__.
  const merged = new Map(Object.entries(below))
  for (const [key, value] of Object.entries(above)) {
    const under = merged.get(key)
    if (key === 'rules' && Array.isArray(under) && Array.isArray(value)) merged.set(key, [...value, ...under])
    else merged.set(key, isRecord(under) && isRecord(value) ? merge(under, value) : value)
  }
  return Object.fromEntries(merged)
}
