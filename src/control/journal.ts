import { handle, noContent, ok } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import { compileWildcard } from '../lib/wildcard.ts'
import { placedOperations } from '../services/compose.ts'
import { patternMistake } from '../simulation/rules/cloud-names.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { JournalEntry } from '../worlds/journal-entry.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/journal.ts'

const showJournal = handle(
  contract.showJournal,
  (
    { emulator, world: { journal } }: ControlCall,
    { query: { after = 0, limit, bodies, unsupported, ...texts } },
  ) => {
    const filter = { ...texts, ...(unsupported !== undefined && { unsupported: true as const }) }
    refuseUnknownOperations(emulator, [filter])
    const matches = matcherOf(filter)
    const found = journal.entries().filter((entry) => entry.number > after && matches(entry))
    const latest = limit === undefined ? found : found.slice(-limit)
    return ok({
      total: journal.total,
      requests: latest.map(bodies === 'true' ? renderWholeEntry : renderEntry),
    })
  },
)

const showRequest = handle(contract.showRequest, ({ world }: ControlCall, { params: { request_id: id } }) => {
  const entry = world.journal.entries().find(({ requestId }) => requestId === id)
  if (entry === undefined)
    throw new ControlError(
      404,
      `the journal has no request ${id}; ids stand in X-Request-Id, and the oldest of many are forgotten`,
    )
  return ok(renderWholeEntry(entry))
})

const clearJournal = handle(contract.clearJournal, ({ world }: ControlCall) => {
  world.journal.clear()
  return noContent()
})

const verifyJournal = handle(contract.verifyJournal, ({ emulator, world }: ControlCall, { body }) => {
  refuseUnknownOperations(emulator, [body.requests, ...(body.in_order ?? [])])
  const entries = world.journal.entries()
  const count = entries.filter(matcherOf(body.requests)).length
  const failures = [...countFailures(body, count), ...orderFailures(body.in_order ?? [], entries)]
  return ok({ verified: failures.length === 0, count, failures })
})

export const journalOperations = [showJournal, showRequest, clearJournal, verifyJournal]

function renderEntry(entry: JournalEntry): contract.EntryWire {
  return {
    number: entry.number,
    request_id: entry.requestId,
    time: wireMillis(entry.at),
    duration_ms: entry.duration,
    service: entry.service,
    method: entry.method,
    ...(entry.host !== undefined && { host: entry.host }),
    path: entry.path,
    operation: entry.operation ?? null,
    ...(entry.unsupported && { unsupported: entry.unsupported }),
    status: entry.status,
    code: entry.code ?? null,
    project_id: entry.projectId ?? null,
    user_id: entry.userId ?? null,
    unread: [...entry.unread],
    ...(entry.meant !== undefined && { meant: entry.meant }),
    ...(entry.strict !== undefined && { strict: entry.strict }),
    rules: [...entry.rules],
  }
}

function renderWholeEntry(entry: JournalEntry): contract.WholeEntryWire {
  return {
    ...renderEntry(entry),
    request: { headers: entry.headers, body: entry.sent ?? null },
    response: { content_type: entry.contentType ?? null, body: entry.answered ?? null },
  }
}

function countFailures(
  { exactly, at_least: least, at_most: most, never }: contract.Verification,
  count: number,
): string[] {
  const claims: [boolean, string][] = [
    [exactly !== undefined && count !== exactly, `exactly ${exactly}`],
    [least !== undefined && count < least, `at least ${least}`],
    [most !== undefined && count > most, `at most ${most}`],
    [never === true && count > 0, 'none'],
  ]
  return claims.flatMap(([broken, meant]) => (broken ? [`found ${count} such requests, meant ${meant}`] : []))
}

function orderFailures(
  filters: readonly contract.RequestFilter[],
  entries: readonly JournalEntry[],
): string[] {
  let from = 0
  for (const [n, each] of filters.entries()) {
    const found = entries.slice(from).findIndex(matcherOf(each))
    if (found < 0) {
      const after = n === 0 ? '' : ` after ${JSON.stringify(filters[n - 1])}`
      return [`found no request like ${JSON.stringify(each)}${after}`]
    }
    from += found + 1
  }
  return []
}

/**
 * Refuses filters with an unknown operation: no request would ever match, so a claim would hold always or never.
 * @throws ControlError 400 with the nearest name.
 */
function refuseUnknownOperations(
  { services }: Pick<Emulator, 'services'>,
  filters: readonly contract.RequestFilter[],
): void {
  const ids = placedOperations(services).map(({ operation }) => operation.id)
  const names = filters.flatMap(({ operation }) => operation ?? [])
  const [mistake] = names.flatMap((name) => patternMistake('operation', name, ids) ?? [])
  if (mistake !== undefined) throw new ControlError(400, mistake.message)
}

/** Compiles a filter into a test of journal entries. */
function matcherOf(filter: contract.RequestFilter): (entry: JournalEntry) => boolean {
  const tests = [
    textTest(filter.operation, ({ operation: id }) => id),
    textTest(filter.method, ({ method }) => method),
    textTest(filter.path, ({ path }) => path),
    textTest(filter.code, ({ code }) => code),
    textTest(filter.project_id, ({ projectId }) => projectId),
    filter.unsupported && ((entry: JournalEntry) => entry.unsupported === true),
    filter.rule === undefined ? undefined : anyTest(filter.rule, ({ rules }) => rules),
    filter.status === undefined ? undefined : (entry: JournalEntry) => entry.status === filter.status,
  ].filter((test) => test !== undefined)
  return (entry) => tests.every((test) => test(entry))
}

function textTest(
  names: string | readonly string[] | undefined,
  of: (entry: JournalEntry) => string | undefined,
) {
  if (names === undefined) return undefined
  return anyTest(names, (entry) => [of(entry) ?? ''])
}

function anyTest(names: string | readonly string[], of: (entry: JournalEntry) => readonly string[]) {
  const fits = [names].flat().map(compileWildcard)
  return (entry: JournalEntry) => of(entry).some((text) => fits.some((test) => test(text)))
}
