import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml'
import type { z } from 'zod'
import { errorCatalogue } from '../../kernel/errors.ts'
import { nearest } from '../../kernel/nearest.ts'
import { Scenario } from './schema.ts'

/** One file of a scenario: its text with places, and what it says. */
export interface Source {
  file: string
  document: Document
  lines: LineCounter
  content: Record<string, unknown>
}

/** `file:line:column` of an offset in a text. */
export function place(file: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset)
  return `${file}:${line}:${col}`
}

/** Every mistake on a line of its own, in the order of the file: place, what was found, what was meant. */
export function describeMistakes(chain: readonly Source[], issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .flatMap(leaves)
    .map((issue) => describe(chain, issue))
    .sort((one, other) => one.offset - other.offset)
    .map(({ text }) => text)
    .join('\n')
}

/** The issues that say most: one for each unknown key; inside a union, those of the alternative that came nearest. */
function leaves(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ ...issue, keys: [key] }))
  if (issue.code !== 'invalid_union') return [issue]
  const best = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? []
  return best.flatMap((inner) => leaves({ ...inner, path: [...issue.path, ...inner.path] }))
}

function describe(chain: readonly Source[], issue: z.core.$ZodIssue): { offset: number; text: string } {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : [...issue.path]
  const source = chain.find((candidate) => candidate.document.hasIn(path)) ?? chain[0]
  if (source === undefined) return { offset: 0, text: issue.message }
  const offset = offsetOf(source.document, path)
  return { offset, text: `${place(source.file, source.lines, offset)}: ${sentence(source, issue, path)}` }
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
  ...Object.keys(Scenario.shape.quotas.shape),
  ...Object.keys(Scenario.shape.auth.shape),
]
