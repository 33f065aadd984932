import type { ExplainedRule, ListedRule } from '../client/world.ts'
import { count } from './clock-lines.ts'
import { inColumns } from './columns.ts'

/** Rules in the order they are tried, a line each. */
export function ruleLines(rules: readonly ListedRule[]): string[] {
  if (rules.length === 0) return ['there are no rules']
  const rows = rules.map(({ name, hits, matched, source, summary, rule }) => [
    name,
    String(hits),
    String(matched),
    source,
    summary ?? JSON.stringify({ when: rule.when, then: rule.then }),
  ])
  return inColumns([['NAME', 'HAPPENED', 'FITTED', 'FROM', 'WHAT'], ...rows])
}

/** A rule, and why each of the requests that it could be about fitted or did not. */
export function explainedLines({ name, hits, matched, rule, requests }: ExplainedRule): string[] {
  const head = [
    `${name}: happened ${count(hits, 'time')}, fitted ${count(matched, 'request')}`,
    `when ${JSON.stringify(rule.when)}`,
    `then ${JSON.stringify(rule.then)}`,
  ]
  if (requests.length === 0) return [...head, 'no request so far that it could be about']
  const rows = requests.map(({ time, fired, matched: fitted, method, operation, path, why }) => [
    time,
    fired ? 'happened' : fitted ? 'fitted' : 'did not fit',
    operation,
    `${method} ${path}`,
    why,
  ])
  return [...head, ...inColumns(rows)]
}
