/** Kinds of what a run finds. Each fails the run, except a remark. */
type FindingKind = 'damage' | 'crash' | '5xx' | 'event-loop stop' | 'remark'

interface Finding {
  kind: FindingKind
  /** Findings of the same key are one, counted. */
  key: string
  what: string
  /** A command that shows it again. */
  replay: string
}

export interface Findings {
  add(finding: Finding): void
  /** Counts something for the summary. */
  count(name: string, by?: number): void
  /** Notes a measured value for the summary; the last one of a name stays. */
  note(name: string, value: string): void
  counted(name: string): number
  of(kind: FindingKind): number
  summary(): string
  readonly failed: boolean
}

const KINDS: readonly FindingKind[] = ['damage', 'crash', '5xx', 'event-loop stop']
/** Characters of a finding that are shown. */
const SHOWN = 600

export function openFindings(say: (line: string) => void): Findings {
  const found = new Map<string, Finding & { times: number }>()
  const counts = new Map<string, number>()
  const notes = new Map<string, string>()
  const of = (kind: FindingKind) =>
    [...found.values()].reduce((sum, each) => (each.kind === kind ? sum + each.times : sum), 0)

  return {
    add(finding) {
      const key = `${finding.kind} ${finding.key}`
      const before = found.get(key)
      if (before !== undefined) {
        before.times += 1
        return
      }
      found.set(key, { ...finding, times: 1 })
      say(`!! ${finding.kind}: ${finding.what.slice(0, SHOWN)}\n   ${finding.replay}`)
    },
    count: (name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
    note: (name, value) => notes.set(name, value),
    counted: (name) => counts.get(name) ?? 0,
    of,
    get failed() {
      return KINDS.some((kind) => of(kind) > 0)
    },
    summary() {
      const rows = [...[...counts].map(([name, count]) => [name, String(count)]), ...notes]
      const table = rows.map(([name, value]) => `| ${name} | ${value} |`)
      const list = [...found.values()].map(
        ({ kind, times, what, replay }) =>
          `- ${kind}${times > 1 ? ` (${times} times)` : ''}: ${what.slice(0, SHOWN)}\n  ${replay}`,
      )
      const claims = KINDS.map((kind) => `| ${kind} | ${of(kind)} |`)
      const failed = KINDS.filter((kind) => of(kind) > 0).length
      return [
        '\n| what | count |',
        '| --- | --- |',
        ...table,
        ...claims,
        ...(list.length > 0 ? ['', ...list] : []),
        `\n${KINDS.length - failed} passed, ${failed} failed`,
      ].join('\n')
    },
  }
}

/** Returns what stands in an error for people. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
