import { existsSync, readdirSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { z } from 'zod'
import { SetupError } from '../../lib/errors.ts'
import { isRecord } from '../../lib/json.ts'
import { nearest } from '../../lib/nearest.ts'
import { packageFile } from '../../lib/package-files.ts'
import { safeParse } from '../../lib/parse.ts'
import { type KnownNames, type UnknownName, unknownNames } from '../rules/cloud-names.ts'
import { LARGEST_SIZE, LONGEST_PATTERN, sizeOf } from '../rules/pattern.ts'
import { refuseIssues, type Source, shortened } from './mistakes.ts'
import { Scenario } from './schema.ts'
import { parseSource, readSource, SHIPPED_NAME, sourceOf } from './source.ts'

const BASE = 'standard'
/** A longer chain of `extends` is a mistake. Files. */
const LONGEST_CHAIN = 16

/** Lists the names of the scenarios that ship with the package. */
export function shippedScenarios(): string[] {
  const files = readdirSync(packageFile('scenarios')).filter((file) => file.endsWith('.yaml'))
  return files.map((file) => basename(file, '.yaml')).sort()
}

/** The settings of a scenario that the command line can override. */
export interface ScenarioOverrides {
  pace?: Scenario['pace']
  seed?: number
  clock?: { rate: number }
  auth?: { mode: 'lenient' | 'strict' }
}

/** A name in a scenario that does not exist. The path leads into the merged scenario. */
export type NamedMistake = Pick<UnknownName, 'path' | 'message'> & Partial<UnknownName>

/**
 * Checks names that only the caller knows, such as those of operations. It is called with the scenario as written, which may
 * have mistakes of other kinds: all of them are reported together.
 */
export type CheckNames = (written: Record<string, unknown>) => readonly NamedMistake[]

const nothingToCheck: CheckNames = () => []

/** A scenario with everything that it extends: parsed, and as written. */
export interface LoadedScenario {
  scenario: Scenario
  /** Everything merged into one map, which can be loaded again. */
  written: Record<string, unknown>
  /** The files that it was read from. */
  files: readonly string[]
}

/**
 * Loads a scenario with everything that it extends.
 * @param nameOrPath the name of a shipped scenario, or the path of a file.
 * @throws SetupError with every mistake on a line of its own, as `file:line:column: message`.
 * @example loadScenario('standard', { pace: 'instant' })
 */
export function loadScenario(
  nameOrPath: string,
  overrides: ScenarioOverrides = {},
  check: CheckNames = nothingToCheck,
): Scenario {
  return readScenario(nameOrPath, overrides, check).scenario
}

/** Loads a scenario as `loadScenario` does, and returns it as written, too. */
export function readScenario(
  nameOrPath: string,
  overrides: ScenarioOverrides = {},
  check: CheckNames = nothingToCheck,
): LoadedScenario {
  const chain = readChain(readSource(locate(nameOrPath, '.')), locate)
  return parseLayers(chain, [...contentsOf(chain), { ...overrides }], check)
}

/**
 * Loads a scenario from a text. It can extend files; their paths are resolved against the current folder.
 * @param file the name under which mistakes are reported.
 */
export function readScenarioText(
  file: string,
  text: string,
  check: CheckNames = nothingToCheck,
): LoadedScenario {
  const chain = readChain(parseSource(file, text, '.'), locate)
  return parseLayers(chain, contentsOf(chain), check)
}

/** A scenario that was sent over the network. */
export interface SentScenario {
  text: string
  /** The names that it may use of the emulated cloud. */
  known: KnownNames
  /** Take precedence over what the text extends, and the text over them. */
  below: ScenarioOverrides
  /** Take precedence over the text. */
  above: ScenarioOverrides
}

/**
 * Loads a scenario that was sent over the network. It can extend shipped scenarios only, because the sender must not read
 * files.
 */
export function readSentScenario({ text, known, below, above }: SentScenario): LoadedScenario {
  const sent = parseSource('scenario', text, '.')
  const chain = readChain(sent, locateShipped)
  const extended = contentsOf(chain).slice(0, -1)
  const own = contentsOf(chain).at(-1) ?? sent.content
  const check: CheckNames = (written) => unknownNames(Scenario, written, known)
  return parseLayers(chain, [...extended, { ...below }, own, { ...above }], check)
}

/**
 * Loads a scenario that was stored as written.
 * @throws SetupError when another version stored something that this one does not know.
 */
export function restoreScenario(written: unknown): LoadedScenario {
  const kept = sourceOf('the scenario that was kept', written, '.')
  return parseLayers([kept], [kept.content], nothingToCheck)
}

/** Merges layers, the lowest first, and parses the result. Mistakes are reported at their places in the chain. */
function parseLayers(
  chain: readonly Source[],
  layers: readonly Record<string, unknown>[],
  check: CheckNames,
): LoadedScenario {
  const written = layers.reduce(merge, {})
  if (patternSize(written.rules) > MOST_PATTERN_SIZE)
    return refuseIssues(chain, [
      { code: 'custom', input: undefined, path: ['rules'], message: TOO_MANY_PATTERNS },
    ])
  const result = safeParse(Scenario, written)
  const issues = [...(result.error?.issues ?? []), ...check(written).map(issueOf)]
  if (!result.success || issues.length > 0) return refuseIssues(chain, issues)
  // What the scenario extends is merged in already, and must not be merged again when this map is loaded.
  const { extends: _, ...whole } = written
  return {
    scenario: result.data,
    written: whole,
    files: chain.flatMap(({ file, inlined }) => [file, ...inlined]),
  }
}

/** The size of all different patterns of a scenario together: they are compiled in about a tenth of a second. */
const MOST_PATTERN_SIZE = 20_000
/** The size that every pattern has beside its characters. */
const SMALLEST_PATTERN = 50
const TOO_MANY_PATTERNS = `have patterns (matches) of more than ${MOST_PATTERN_SIZE} characters together, with their repetitions written out`

/** Adds up the different patterns below a value before any is compiled. */
function patternSize(value: unknown, seen = new Set<string>()): number {
  if (typeof value !== 'object' || value === null) return 0
  let size = 0
  for (const [key, inner] of Object.entries(value)) {
    if (key !== 'matches' || typeof inner !== 'string') size += patternSize(inner, seen)
    else if (!seen.has(inner)) {
      seen.add(inner)
      size += SMALLEST_PATTERN + Math.min(sizeOf(inner.slice(0, LONGEST_PATTERN)), LARGEST_SIZE)
    }
  }
  return size
}

function issueOf({ path, message, kind }: NamedMistake): z.core.$ZodIssue {
  return { code: 'custom', input: undefined, path: [...path], message, params: { kind } }
}

/** The contents of a chain, the lowest first. */
function contentsOf(chain: readonly Source[]): Record<string, unknown>[] {
  return chain.map(withOwnSummary).reverse()
}

/** Gives a scenario that has a name and no summary one of its own, instead of that of the scenario it extends. */
function withOwnSummary(
  { content }: Source,
  place: number,
  chain: readonly Source[],
): Record<string, unknown> {
  const below = chain[place + 1]?.content.scenario
  if (content.scenario === undefined || content.summary !== undefined || below === undefined) return content
  return { ...content, summary: `As ${below}, with changes of its own.` }
}

/** Reads the scenarios that a scenario extends, one after the other down to `standard`. The first comes first. */
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

/** Merges two layers: maps key by key, and rules with those above first. Any other value above replaces the one below. */
function merge(below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
  // A Map, because assigning to a key __proto__ of a file would set the prototype.
  const merged = new Map(Object.entries(below))
  for (const [key, value] of Object.entries(above)) {
    const under = merged.get(key)
    if (key === 'rules' && Array.isArray(under) && Array.isArray(value)) merged.set(key, [...value, ...under])
    else merged.set(key, isRecord(under) && isRecord(value) ? merge(under, value) : value)
  }
  return Object.fromEntries(merged)
}
