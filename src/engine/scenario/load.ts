import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { errorCatalogue, SetupError } from '../../kernel/errors.ts'
import { nearest } from '../../kernel/nearest.ts'
import { packageFile } from '../../kernel/package-files.ts'
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
}

interface Source {
  file: string
  document: Document
  lines: LineCounter
  content: Record<string, unknown>
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
  const result = Scenario.safeParse({ ...merged, ...overrides })
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

function place(file: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset)
  return `${file}:${line}:${col}`
}

function describeMistakes(chain: Source[], issues: z.core.$ZodIssue[]): string {
  return issues
    .flatMap((issue) => leaves(issue))
    .map((issue) => describe(chain, issue))
    .join('\n')
}

/** The issues that say most: inside a union, those of the alternative that came nearest. */
function leaves(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const best = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? []
  return best.flatMap((inner) => leaves({ ...inner, path: [...issue.path, ...inner.path] }))
}

function describe(chain: Source[], issue: z.core.$ZodIssue): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : [...issue.path]
  const source = chain.find((candidate) => candidate.document.hasIn(path)) ?? chain[0]
  if (source === undefined) return issue.message
  return `${place(source.file, source.lines, offsetOf(source.document, path))}: ${sentence(source, issue, path)}`
}

/** Where a value stands in the text; for a key that should not be there, the key itself. */
function offsetOf(document: Document, path: PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true)
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path[depth - 1])
      if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0]
    }
    const node = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

function sentence(source: Source, issue: z.core.$ZodIssue, path: PropertyKey[]): string {
  const found: unknown = source.document.getIn(path)
  const where = path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const meant = nearest(String(path.at(-1)), knownKeys)
    return `${where}: no such key${meant === undefined ? '' : `; did you mean ${meant}?`}`
  }
  if (issue.code === 'custom' && issue.params?.known === 'error code') {
    const meant = nearest(String(found), errorCatalogue.keys())
    return `${found} is no error code${meant === undefined ? '' : `; did you mean ${meant}?`}`
  }
  return `${where}: ${issue.message}`
}

const knownKeys = [
  ...Object.keys(Scenario.shape),
  ...['start', 'rate', 'initial', 'states', 'on', 'at', 'job', 'image', 'progress', 'error'],
  ...['private_images', 'tags_per_image', 'concurrent_imports'],
]
