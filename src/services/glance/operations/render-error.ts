import { STATUS_CODES } from 'node:http'
import type { RefusalReply } from '../../../lib/errors.ts'
import type { GlanceError } from '../errors.ts'
import { type Form, preferredForm } from './accept.ts'

/** In these words and with these status lines, whatever Node calls them. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  416: 'Request Range Not Satisfiable',
  500: 'Internal Server Error',
  501: 'Not Implemented',
}

/**
 * An error as WebOb renders it for Glance: a page, JSON or plain text, as the client prefers. `otherwise` is the form for
 * a client that says nothing: plain text for Glance itself, a page where it stands behind Huawei's gateway.
 */
export function renderGlanceError(error: GlanceError, accept: string | null, otherwise: Form): RefusalReply {
  const form =
    accept === null || accept.trim() === '' ? otherwise : (preferredForm(accept, ['html', 'json']) ?? 'plain')
  const title = TITLES[error.status] ?? STATUS_CODES[error.status] ?? 'Error'
  const line = `${error.status} ${title}`
  if (form === 'json') {
    const body = { message: template(error, (text) => text), code: line, title }
    return { status: error.status, body, headers: { ...error.headers, 'Content-Type': 'application/json' } }
  }
  const body = form === 'html' ? page(line, template(error, escapeHtml)) : plainText(line, error)
  const type = form === 'html' ? 'text/html' : 'text/plain'
  return {
    status: error.status,
    body,
    headers: { ...error.headers, 'Content-Type': `${type}; charset=UTF-8` },
  }
}

/** The sentence and the detail below it; a few statuses have a form of their own. */
function template({ status, message, detail }: GlanceError, escaped: (text: string) => string): string {
  if (status === 405 && detail === '' && !message.startsWith('The method')) return escaped(message)
  if (status === 405) return `${escaped(message)} <br /><br />\n${escaped(detail)}`
  if (status === 501) return `\n${escaped(message)} <br /><br />\n${escaped(detail)}`
  if (status === 415) return `${escaped(message)}\n<br /><br />\n${escaped(detail)}`
  return `${escaped(message)}<br /><br />\n${escaped(detail)}\n\n`
}

function page(line: string, body: string): string {
  return `<html>\n <head>\n  <title>${line}</title>\n </head>\n <body>\n  <h1>${line}</h1>\n  ${body}\n </body>\n</html>`
}

/** Text without markup: WebOb strips whatever looks like a tag, what was sent in angle brackets too. */
function plainText(line: string, error: GlanceError): string {
  const stripped = template(error, (text) => text)
    .replaceAll('\n', ' ')
    .replaceAll('\r', '')
    .replace(/<br.*?>/g, '\n')
    .replaceAll('<!--', '')
    .replaceAll('-->', '')
    .replace(/<.*?>/g, '')
  return `${line}\n\n${stripped}`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#x27;')
    .replace(/[^\0-\x7f]/gu, (character) => `&#${character.codePointAt(0)};`)
}
