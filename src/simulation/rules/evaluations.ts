/** A request that could have been what a rule is about, and what became of it. */
export interface Sighting {
  /** Virtual ms since the epoch. */
  at: number
  operation: string
  method: string
  path: string
  /** It fitted everything but the counters, and was counted. */
  matched: boolean
  /** The rule happened. */
  fired: boolean
  /** In words. */
  why: string
}

/** What is kept of a request, once for all rules that saw it. */
export type SeenRequest = Pick<Sighting, 'at' | 'operation' | 'method' | 'path'>

/** What became of it at one rule; the words are made when somebody asks. */
export interface Verdict {
  matched: boolean
  fired: boolean
  why: () => string
}

/** The last requests that a rule was asked about. They are forgotten with the process. */
export interface Sightings {
  add(request: SeenRequest, verdict: Verdict): void
  /** A request that did not fit. */
  addMiss(request: SeenRequest, why: () => string): void
  /** The oldest first. */
  all(): Sighting[]
}

interface Kept extends Verdict {
  request: SeenRequest
}

const MOST_KEPT = 20

export function openSightings(): Sightings {
  const kept: Kept[] = []
  let next = 0

  /** What is kept longest is written over: with hundreds of rules, making it anew for each request is what costs. */
  function keep(request: SeenRequest, matched: boolean, fired: boolean, why: () => string): void {
    const oldest = kept[next]
    if (oldest === undefined) kept.push({ request, matched, fired, why })
    else {
      oldest.request = request
      oldest.matched = matched
      oldest.fired = fired
      oldest.why = why
    }
    next = (next + 1) % MOST_KEPT
  }

  return {
    add: (request, { matched, fired, why }) => keep(request, matched, fired, why),
    addMiss: (request, why) => keep(request, false, false, why),
    all() {
      const inOrder = kept.length < MOST_KEPT ? kept : [...kept.slice(next), ...kept.slice(0, next)]
      return inOrder.map(({ request, matched, fired, why }) => ({ ...request, matched, fired, why: why() }))
    },
  }
}
