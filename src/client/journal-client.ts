import type { z } from 'zod'
import {
  clearJournal,
  exportHar,
  showJournal,
  type showRequest,
  verifyJournal,
} from '../control/contract/journal.ts'
import { type ControlClient, silence } from './control-client.ts'

/** Selects requests: every field must hold, and every text may have `*` in it. */
export type RequestFilter = NonNullable<z.input<typeof verifyJournal.request>['body']['requests']>

/** One request and its answer, with headers and bodies. */
export type JournalRequest = z.output<(typeof showRequest.responses)[200]>

/** Assertions about the number of requests. Each throws an Error with the found and the expected number when it fails. */
export interface RequestClaims {
  exactly(count: number): Promise<void>
  atLeast(count: number): Promise<void>
  atMost(count: number): Promise<void>
  never(): Promise<void>
}

/** Some of the requests, and the number of all since the start or the last clearing. */
export type JournalPage = z.output<(typeof showJournal.responses)[200]>

/** An HTTP archive (HAR 1.2), which browsers and proxies open. */
type HttpArchive = z.output<(typeof exportHar.responses)[200]>

export interface JournalClient {
  /** The remembered requests that match, oldest first; with headers and bodies when `bodies` is true. */
  page(filter?: FlatFilter & { bodies?: boolean }): Promise<JournalPage>
  har(): Promise<HttpArchive>
  /** The remembered requests that match, oldest first, with headers and bodies. */
  requests(filter?: FlatFilter): Promise<JournalRequest[]>
  expect(filter: RequestFilter): RequestClaims
  /** Asserts that each of these requests came after the one before; others may have come between. */
  expectInOrder(filters: readonly RequestFilter[]): Promise<void>
  clear(): Promise<void>
}

/** A filter with one text or number for each field. */
export type FlatFilter = Omit<
  z.input<typeof showJournal.request>['query'],
  'bodies' | 'status' | 'after' | 'limit' | 'unsupported'
> & {
  /** Only operations that are not emulated. */
  unsupported?: true
  status?: number
  after?: number
  limit?: number
}

export function journalClient(control: ControlClient): JournalClient {
  async function page({
    status,
    after,
    limit,
    bodies,
    unsupported,
    ...texts
  }: FlatFilter & { bodies?: boolean } = {}) {
    const query = {
      ...texts,
      ...(status !== undefined && { status: String(status) }),
      ...(after !== undefined && { after: String(after) }),
      ...(limit !== undefined && { limit: String(limit) }),
      ...(bodies && { bodies: 'true' as const }),
      ...(unsupported && { unsupported: 'true' as const }),
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
