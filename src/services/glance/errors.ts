import { STATUS_CODES } from 'node:http'
import { type NativeErrors, Refusal, type RefusalReply, type RefusedRequest } from '../../lib/errors.ts'
import { describeLimits, type JsonLimits } from '../../lib/json.ts'

/** Parts of a refusal of the image API beside its status and sentence. */
export interface GlanceErrorParts {
  /** Shown below the sentence. */
  detail?: string
  headers?: Readonly<Record<string, string>>
}

/**
 * A refusal of the OpenStack image API: an HTTP status and Glance's own sentence.
 * @example throw new GlanceError(404, `Could not find task ${id}`)
 */
export class GlanceError extends Refusal {
  readonly detail: string
  readonly headers: Readonly<Record<string, string>>

  /** @param text the sentence; the usual one of the status by default. */
  constructor(status: number, text?: string, { detail = '', headers = {} }: GlanceErrorParts = {}) {
    super(status, text ?? SENTENCES[status] ?? '')
    this.name = 'GlanceError'
    this.detail = detail
    this.headers = headers
  }

  /** Renders the form of the scenario for a client that prefers none: a page, as Glance does behind Huawei's gateway. */
  render({ accept, nativeErrors = 'html' }: RefusedRequest): RefusalReply {
    return renderGlanceError(this, accept, nativeErrors)
  }
}

/** Glance's usual sentence by status. */
const SENTENCES: Readonly<Record<number, string>> = {
  401: 'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.',
  403: 'Access was denied to this resource.',
  404: 'The resource could not be found.',
  409: 'There was a conflict when trying to complete your request.',
  416: 'The Range requested is not available.',
  500: 'The server has either erred or is incapable of performing the requested operation.',
}

/** The refusal of a malformed request (400). */
export function badRequest(text: string): GlanceError {
  return new GlanceError(400, text)
}

/** The refusal of a JSON body that is larger than the emulator takes (413). */
export function tooLargeBody(limits: JsonLimits): GlanceError {
  return new GlanceError(413, `The request is too large: ${describeLimits(limits)}.`)
}

/** The refusal of a call that is not allowed, with a sentence of its own (403). */
export function forbidden(text: string): GlanceError {
  return new GlanceError(403, text)
}

/** The refusal of a call that is not allowed, with the usual sentence and the reason below it (403). */
export function forbiddenBecause(detail: string): GlanceError {
  return new GlanceError(403, undefined, { detail })
}

/** The refusal of a call that conflicts with the state of the image (409). */
export function conflict(text: string): GlanceError {
  return new GlanceError(409, text)
}

/**
 * The refusal of a request on which Glance itself fails with 500. The emulator answers 400 instead, so that a client
 * learns that its request is malformed.
 */
export function glanceWouldFail(what: string): GlanceError {
  return badRequest(`Glance has no answer to ${what}.`)
}

/** Refuses more tags or custom properties than an image may have (413). */
export function checkLimit(what: string, attempted: number): void {
  if (attempted > MOST) throw new GlanceError(413, limitExceeded(what, attempted))
}

/** Most tags, custom properties and members of an image, each. */
export const MOST = 128

export function limitExceeded(what: string, attempted: number): string {
  return `The limit has been exceeded on the number of ${what}. Attempted: ${attempted}, Maximum: ${MOST}`
}

/** The forms of a reply without a schema. */
export type Form = NativeErrors | 'plain'

const TYPES: Readonly<Record<Form, readonly [string, string]>> = {
  html: ['text', 'html'],
  json: ['application', 'json'],
  xml: ['application', 'xml'],
  plain: ['text', 'plain'],
}

/** One entry of an Accept header with its parameters (RFC 9110, section 12.5.1). */
const MEDIA_RANGE = /^\s*([\w!#$%&'*+.^`|~-]+)\/([\w!#$%&'*+.^`|~-]+)\s*((?:;[^;]*)*)$/

/**
 * Selects the offered form with the highest weight in an Accept header; the first one wins a tie.
 * @returns the first offer for an empty or malformed header; undefined when the client accepts none of the offers.
 */
export function preferredForm(accept: string, offers: readonly [Form, ...Form[]]): Form | undefined {
  const ranges = accept.split(',').flatMap((text) => (text.trim() === '' ? [] : [mediaRange(text)]))
  if (ranges.length === 0 || ranges.some((range) => range === undefined)) return offers[0]
  let best: { form: Form; weight: number } | undefined
  for (const form of offers) {
    const weight = weightOf(ranges, ...TYPES[form])
    if (weight > (best?.weight ?? 0)) best = { form, weight }
  }
  return best?.form
}

interface MediaRange {
  type: string
  subtype: string
  /** 0 to 1. */
  weight: number
}

function mediaRange(text: string): MediaRange | undefined {
  const match = MEDIA_RANGE.exec(text)
  if (match === null) return undefined
  const [, type = '', subtype = '', parameters = ''] = match
  const weight = /;\s*q=([\d.]+)/i.exec(parameters)?.[1]
  return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), weight: Number(weight ?? 1) }
}

/** The weight of a type in the most specific range that matches it; 0 when none does. */
function weightOf(ranges: readonly (MediaRange | undefined)[], type: string, subtype: string): number {
  const fits = (a: string, b: string) => ranges.find((range) => range?.type === a && range.subtype === b)
  return (fits(type, subtype) ?? fits(type, '*') ?? fits('*', '*'))?.weight ?? 0
}

/** Reason phrases of WebOb, which differ from those of Node. */
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
 * Renders an error as WebOb does for Glance: as a page, JSON or plain text, as the client prefers.
 * @param otherwise the form for a client without an Accept header: plain text for a stock Glance, that of the scenario behind
 * Huawei's gateway. JSON and XML are also the form for a client that takes any.
 */
export function renderGlanceError(error: GlanceError, accept: string | null, otherwise: Form): RefusalReply {
  const form =
    accept === null || accept.trim() === ''
      ? otherwise
      : (preferredForm(accept, offersTo(accept, otherwise)) ?? 'plain')
  const title = TITLES[error.status] ?? STATUS_CODES[error.status] ?? 'Error'
  const line = `${error.status} ${title}`
  if (form === 'json') {
    const body = { message: template(error, (text) => text), code: line, title }
    return { status: error.status, body, headers: { ...error.headers, 'Content-Type': 'application/json' } }
  }
  if (form === 'xml') {
    const body = XML_HEAD + element('error', errorElements(error, title))
    return { status: error.status, body, headers: { ...error.headers, 'Content-Type': 'application/xml' } }
  }
  const body =
    form === 'html'
      ? page(line, template(error, otherwise === 'plain' ? escapeHtml : escapeXml))
      : plainText(line, error)
  const type = form === 'html' ? 'text/html' : 'text/plain'
  return {
    status: error.status,
    body,
    headers: { ...error.headers, 'Content-Type': `${type}; charset=UTF-8` },
  }
}

/** The forms that are offered to a client that says what it takes, the first of which wins a tie. */
const OFFERS: Readonly<Record<Form, readonly [Form, ...Form[]]>> = {
  plain: ['html', 'json'],
  html: ['html', 'json'],
  json: ['json', 'html'],
  xml: ['xml', 'json', 'html'],
}

/**
 * The forms that are offered to a client. In the cloud the one that it names comes first: JSON beside anything, which SDKs send, asks
 * for JSON. Glance itself looks at the weights alone.
 */
function offersTo(accept: string, otherwise: Form): readonly [Form, ...Form[]] {
  const offers = OFFERS[otherwise]
  const named = offers.find((form) => accept.toLowerCase().includes(TYPES[form].join('/')))
  return otherwise === 'plain' || named === undefined ? offers : [named, ...offers]
}

const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}

function errorElements({ status, message, detail }: GlanceError, title: string): string {
  const parts = { code: String(status), title, message: detail === '' ? message : `${message} ${detail}` }
  return Object.entries(parts)
    .map(([name, text]) => element(name, escapeXml(text)))
    .join('')
}

/** The sentence with the detail below it. Four statuses have a template of their own. */
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

/** Renders plain text. WebOb strips everything in angle brackets, including parts of the request. */
function plainText(line: string, error: GlanceError): string {
  const stripped = template(error, (text) => text)
    .replaceAll('\n', ' ')
    .replaceAll('\r', '')
  const broken = withoutTags(stripped, '<br', '\n').replaceAll('<!--', '').replaceAll('-->', '')
  const lines = broken.split('\n').map((each) => withoutTags(each, '<', ''))
  return `${line}\n\n${lines.join('\n')}`
}

/** Replaces what is between a beginning and the next `>`. A regular expression would look for the `>` of every `<` anew. */
function withoutTags(text: string, beginning: string, replacement: string): string {
  let kept = ''
  let at = 0
  for (;;) {
    const start = text.indexOf(beginning, at)
    const end = start < 0 ? -1 : text.indexOf('>', start + beginning.length)
    if (end < 0) return kept + text.slice(at)
    kept += text.slice(at, start) + replacement
    at = end + 1
  }
}

/** Escapes a text for a parser of XML, which refuses some characters in any form. */
function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
  return escapeHtml(text.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd'))
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
