import type { JournalPage } from '../client/journal-client.ts'
import type { Paint } from './paint.ts'

type Entry = JournalPage['requests'][number]
type Kept = Extract<Entry, { request: unknown }>['request']['body']

/**
 * A request and what became of it, in a line: virtual time, status, method, path, operation, code, real duration, the rules
 * that happened. What it sent and nothing read follows as a warning, and what was said when it is there.
 */
export function requestLines(entry: Entry, paint: Paint): string[] {
  const { time, status, method, path, operation, code, duration_ms, rules, unread } = entry
  const parts = [
    paint('dim', time),
    paint(styleOf(status), String(status)),
    method.padEnd(6),
    paint('bold', printable(path)),
    operation ?? paint('yellow', 'no operation'),
    code === null ? '' : paint(styleOf(status), code),
    paint('dim', `${duration(duration_ms)} ms`),
    rules.length === 0 ? '' : paint('yellow', `[${rules.map(printable).join(', ')}]`),
  ]
  const warning = unread.length === 0 ? [] : [`  nothing read ${unread.map(printable).join(', ')}`]
  return [
    parts.filter((part) => part !== '').join('  '),
    ...warning.map((line) => paint('yellow', line)),
    ...('request' in entry ? bodyLines(entry, paint) : []),
  ]
}

function bodyLines({ request, response }: Extract<Entry, { request: unknown }>, paint: Paint): string[] {
  return [...said('>', request.body), ...said('<', response.body)].map((line) => paint('dim', line))
}

function said(mark: string, body: Kept): string[] {
  if (body === null) return []
  return inWords(body)
    .split('\n')
    .map((line) => `  ${mark} ${printable(line)}`)
}

/** A body, or why it is not there. */
function inWords({ text, size, omitted, cut, base64 }: NonNullable<Kept>): string {
  const length = size === undefined ? 'of unknown length' : `${size} bytes`
  if (omitted !== undefined) return `(${length}, ${WHY_OMITTED[omitted]})`
  if (text === undefined) return base64 === undefined ? `(${length})` : `(${length}, not text)`
  return cut ? `${text} … (${length})` : text
}

const WHY_OMITTED = {
  secret: 'not kept, for it holds secrets',
  stream: 'not kept, for it was streamed',
  forgotten: 'forgotten, for there was no more room',
} as const

/** What a terminal would take for commands is written as it is escaped in JSON. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function styleOf(status: number): 'green' | 'yellow' | 'red' {
  return status < 400 ? 'green' : status < 500 ? 'yellow' : 'red'
}

function duration(ms: number): string {
  return ms < 10 ? String(Number(ms.toFixed(1))) : String(Math.round(ms))
}
