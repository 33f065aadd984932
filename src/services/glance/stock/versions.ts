import type { Answer } from '../../../contract/operation.ts'

/** The minor versions that a stock Glance speaks, the newest first. */
const MINORS = [15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]

const known: ReadonlySet<string> = new Set(['v2', ...MINORS.map((minor) => `v2.${minor}`)])

export function isVersion(name: string): boolean {
  return known.has(name)
}

/** The list of versions, as a choice (300) or as an answer (200). */
export function versionList(origin: string, status: 200 | 300): Answer {
  const versions = MINORS.map((minor, n) => ({
    id: `v2.${minor}`,
    status: n === 0 ? 'CURRENT' : 'SUPPORTED',
    links: [{ rel: 'self', href: `${origin}/v2/` }],
  }))
  return { status, body: { versions } }
}
