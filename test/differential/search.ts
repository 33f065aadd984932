import fc from 'fast-check'
import type { RecordedRequest } from '../wire/recording.ts'
import { script } from './steps.ts'
import type { Difference, TwoServers } from './two-servers.ts'

/** A difference with the shortest script that shows it. */
export interface Finding {
  seed: number
  script: RecordedRequest[]
  difference: Difference
}

export interface Search {
  /** The first seed; the next ones follow until enough requests were sent. */
  seed: number
  /** Number of requests after which the search ends, to each of the servers. */
  steps: number
  /** Most requests of a script. */
  length: number
  /** Is told each new kind of difference as soon as its script is short. */
  onFinding: (finding: Finding) => void
}

export interface SearchResult {
  findings: number
  seeds: number
  /** How often a difference on purpose was met, by its reason. */
  explained: ReadonlyMap<string, number>
}

/** Number of scripts for each seed. */
const SCRIPTS = 25
/** Longest real time that one seed may take with the shortening of a script, ms. */
const PATIENCE_MS = 120_000

/** Sends random scripts to both servers and reports every kind of unexplained difference once. */
export async function searchDifferences(both: TwoServers, search: Search): Promise<SearchResult> {
  const explained = new Map<string, number>()
  const reported = new Set<string>()
  const count = (reason: string) => explained.set(reason, (explained.get(reason) ?? 0) + 1)
  let seed = search.seed
  for (; both.steps() < search.steps; seed += 1) {
    const finding = await searchSeed(both, { ...search, seed }, reported, count)
    if (finding === undefined) continue
    reported.add(kindOf(finding.difference))
    search.onFinding(finding)
  }
  return { findings: reported.size, seeds: seed - search.seed, explained }
}

/** Searches with one seed. Kinds of differences that were reported before are passed over. */
async function searchSeed(
  both: TwoServers,
  { seed, steps, length }: Search,
  reported: ReadonlySet<string>,
  count: (reason: string) => void,
): Promise<Finding | undefined> {
  let shortest: Finding | undefined
  const deadline = Date.now() + PATIENCE_MS
  const property = fc.asyncProperty(script(length), async (requests) => {
    // fast-check's own limit of time would begin the next script while one is still sent.
    if (Date.now() > deadline || (shortest === undefined && both.steps() >= steps)) return true
    const difference = await both.run(requests, count)
    if (difference === undefined) return true
    const kind = kindOf(difference)
    // A shorter script counts only when it shows the same difference.
    if (reported.has(kind) || (shortest !== undefined && kind !== kindOf(shortest.difference))) return true
    shortest = { seed, script: requests.slice(0, difference.step + 1), difference }
    return false
  })
  await fc.check(property, { seed, numRuns: SCRIPTS })
  return shortest
}

/** Differences of one kind have the same operation, the same statuses and the same first place. */
function kindOf({ request, places: [place], glance, ours }: Difference): string {
  const path = request.path.replace(/\?.*/, '').replace(/\{\{\w+\}\}/g, '{id}')
  return `${request.method} ${path} ${glance.status} ${ours.status} ${place?.what}`
}
