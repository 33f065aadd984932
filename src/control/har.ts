import { STATUS_CODES } from 'node:http'
import { handle, ok } from '../contract/operation.ts'
import { wireMillis } from '../lib/time.ts'
import type { JournalEntry, KeptBody } from '../worlds/journal-entry.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/journal.ts'

/** The size that HAR writes for one that is not known. */
const NO_SIZE = -1

export const exportHar = handle(contract.exportHar, ({ emulator, world, base }: ControlCall) => {
  const entries = world.journal.entries()
  return ok({
    log: {
      version: '1.2',
      creator: { name: 'ims-emulator', version: emulator.version },
      entries: entries.map((entry) => harEntry(entry, base)),
    },
  })
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
    // HAR allows further fields when their names begin with an underscore.
    _service: entry.service,
    ...(entry.host !== undefined && { _host: entry.host }),
    _operation: entry.operation ?? null,
    ...(entry.unsupported && { _unsupported: entry.unsupported }),
    _requestId: entry.requestId,
    _rules: entry.rules,
    _unread: entry.unread,
    ...(entry.meant !== undefined && { _meant: entry.meant }),
  }
}

/** Renders the body of a request. HAR has no field for binary request bodies, so they go into `_base64`. */
function postData(sent: KeptBody | undefined, mimeType = ''): { postData?: object } {
  if (sent?.text !== undefined) return { postData: { mimeType, text: sent.text } }
  if (sent?.base64 !== undefined) return { postData: { mimeType, text: '', _base64: sent.base64 } }
  return {}
}
