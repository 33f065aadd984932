import type { z } from 'zod'
import { exportHar } from '../control/har.ts'
import { clearJournal, showJournal } from '../control/journal.ts'
import type { WholeEntryWire } from '../control/journal-entry.ts'
import { verifyJournal } from '../control/verify-journal.ts'
import type { Wanted } from '../control/wanted-requests.ts'
import { type ControlClient, silence } from './control-client.ts'

/** Which requests are meant; everything that is said must hold, and every text may have `*` in it. */
export type RequestFilter = z.input<typeof Wanted>

/** One request and what became of it, with what was said. */
export type JournalRequest = z.output<typeof WholeEntryWire>

/** What tests claim about requests. Each throws an Error with what was found and what was meant when it does not hold. */
export interface RequestClaims {
  exactly(count: number): Promise<void>
  atLeast(count: number): Promise<void>
  atMost(count: number): Promise<void>
  never(): Promise<void>
}

/** Some of the requests, and how many there have been since the start or the last clearing. */
export type JournalPage = z.output<(typeof showJournal.responses)[200]>

/** An HTTP archive (HAR 1.2), which browsers and proxies open. */
type HttpArchive = z.output<(typeof exportHar.responses)[200]>

export interface JournalClient {
  /** The remembered requests that are meant, oldest first, and what was said when `bodies` are asked for. */
  page(filter?: FlatFilter & { bodies?: boolean }): Promise<JournalPage>
  har(): Promise<HttpArchive>
  /** The remembered requests that are meant, oldest first. */
  requests(filter?: FlatFilter): Promise<JournalRequest[]>
  expect(filter: RequestFilter): RequestClaims
  /** That each of these came after the one before; others may have come between. */
  expectInOrder(filters: readonly RequestFilter[]): Promise<void>
  clear(): Promise<void>
}

/** A filter of which each part is one text or number. */
export type FlatFilter = Omit<
  z.input<typeof showJournal.request>['query'],
  'bodies' | 'status' | 'after' | 'limit'
> & {
  status?: number
  after?: number
  limit?: number
}

export function journalClient(control: ControlClient): JournalClient {
  async function page({ status, after, limit, bodies, ...texts }: FlatFilter & { bodies?: boolean } = {}) {
    const query = {
      ...texts,
      ...(status !== undefined && { status: String(status) }),
      ...(after !== undefined && { after: String(after) }),
      ...(limit !== undefined && { limit: String(limit) }),
      ...(bodies && { bodies: 'true' as const }),
    }
    return await control.call(showJournal, showJournal.responses[200], { query })
  }

  async function claim(body: z.input<typeof verifyJournal.request>['body']): Promise<void> {
    const { verified, failures } = await control.call(verifyJournal, verifyJournal.responses[200], { body })
    if (verified) return
    const { requests } = await page({ limit: 20 })
    const lines = requests.map(({ method, path, status }) => `  ${method} ${path} ${status}`)
    const about = 'requests' in body ? ` for ${JSON.stringify(body.requests)}` : ''
    throw new Error(
      `${failures.join('; ')}${about}. The latest requests:\n${lines.join('\n') || '  there were none'}`,
    )
  }

  return {
    page,
    har: () => control.call(exportHar, exportHar.responses[200]),
    requests: async (filter) =>
      (await page({ ...filter, bodies: true })).requests.filter((entry) => 'request' in entry),
    expect: (requests) => ({
      exactly: (count) => claim({ requests, exactly: count }),
      atLeast: (count) => claim({ requests, at_least: count }),
      atMost: (count) => claim({ requests, at_most: count }),
      never: () => claim({ requests, never: true }),
    }),
    expectInOrder: (filters) => claim({ in_order: [...filters] }),
    clear: () => control.call(clearJournal, silence),
  }
}
