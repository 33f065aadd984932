import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { nothing, ok } from '../contract/operation.ts'
import { wireMillis } from '../lib/time.ts'
import type { JournalEntry, KeptBody } from '../worlds/journal-entry.ts'
import { controlOperation } from './operation.ts'

const NO_SIZE = -1

export const exportHar = controlOperation({
  id: 'ControlExportHar',
  method: 'GET',
  path: '/_ims/journal/har',
  summary: 'The remembered requests as an HTTP archive (HAR 1.2), which browsers and proxies open',
  request: nothing,
  responses: {
    200: z.strictObject({
      log: z.looseObject({ version: z.literal('1.2'), entries: z.array(z.unknown()) }),
    }),
  },
  handle({ emulator, world, base }) {
    const entries = world.journal.entries()
    return ok({
      log: {
        version: '1.2',
        creator: { name: 'ims-emulator', version: emulator.version },
        entries: entries.map((entry) => harEntry(entry, base)),
      },
    })
  },
})

function harEntry(entry: JournalEntry, base: string): object {
  const { headers, sent, answered, contentType, method, status } = entry
  const url = new URL(base + entry.path.replace(/^\/w\/[^/]+/, ''))
  const headerList = Object.entries(headers).map(([name, value]) => ({ name, value }))
  return {
    startedDateTime: wireMillis(entry.at),
    time: entry.duration,
    request: {
      method,
      url: url.href,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: headerList,
      queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
      ...postData(sent, headers['content-type']),
      headersSize: NO_SIZE,
      bodySize: sent?.size ?? 0,
    },
    response: {
      status,
      statusText: STATUS_CODES[status] ?? '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: contentType === undefined ? [] : [{ name: 'Content-Type', value: contentType }],
      content: {
        size: answered?.size ?? 0,
        mimeType: contentType ?? '',
        ...(answered?.text !== undefined && { text: answered.text }),
      },
      redirectURL: '',
      headersSize: NO_SIZE,
      bodySize: answered?.size ?? NO_SIZE,
    },
    cache: {},
    timings: { send: 0, wait: entry.duration, receive: 0 },
    // What the format has no place for may stand under names that begin so.
    _operation: entry.operation ?? null,
    _requestId: entry.requestId,
    _rules: entry.rules,
    _unread: entry.unread,
  }
}

/** The format has no place for bytes in a request: they stand beside the text, under a name of our own. */
function postData(sent: KeptBody | undefined, mimeType = ''): { postData?: object } {
  if (sent?.text !== undefined) return { postData: { mimeType, text: sent.text } }
  if (sent?.base64 !== undefined) return { postData: { mimeType, text: '', _base64: sent.base64 } }
  return {}
}
