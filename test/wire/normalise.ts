import { createHash } from 'node:crypto'
import type { Context } from './context.ts'
import type { Answer } from './http.ts'
import { jsonOf } from './json.ts'
import type { AnswerBody, Json, RecordedAnswer } from './recording.ts'

/** The headers that recordings contain. */
const KEPT = [
  'content-type',
  'location',
  'openstack-image-import-methods',
  'openstack-image-store-ids',
  'x-openstack-request-id',
  'content-md5',
  'accept-ranges',
  'content-range',
  'accept-patch',
  'allow',
  'www-authenticate',
  'etag',
  'link',
  'retry-after',
]

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g
const WHOLE_UUID = new RegExp(`^${UUID.source}$`)
const TIME = /\b20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|\b)/g
const REQUEST_ID = /\breq-[0-9a-f-]{36}\b/g
/** Times of these years and ids with this prefix are literals of the requests, so they are not replaced. */
const LITERAL_TIME = /^(2000|2099)/
const LITERAL_ID = /^deadbeef-/
/** Bodies longer than this, in bytes, are recorded as a hash unless they are JSON. */
const LONGEST_BODY = 4000

/** Converts an answer into the recorded form: values of this run become placeholders. */
export function normalise(context: Context, answer: Answer): RecordedAnswer {
  return {
    status: answer.status,
    headers: normaliseHeaders(context, answer),
    body: normaliseBody(context, answer),
  }
}

function normaliseHeaders(context: Context, { status, headers }: Answer): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of KEPT) {
    const value = headers.get(name)
    if (value !== undefined) kept[name] = normaliseHeader(context, name, value)
  }
  const length = headers.get('content-length')
  const isData = headers.get('content-type')?.startsWith('application/octet-stream') ?? false
  if ((status === 200 || status === 206) && isData && length !== undefined) kept['content-length'] = length
  return kept
}

function normaliseHeader(context: Context, name: string, value: string): string {
  if (name === 'x-openstack-request-id') return '{{request-id}}'
  const text = normaliseText(context, value)
  return name === 'www-authenticate' ? text.replace(/uri="[^"]*"/g, 'uri="{{host}}"') : text
}

function normaliseBody(context: Context, answer: Answer): AnswerBody | null {
  const json = jsonOf(answer)
  if (json !== null) return { json: normaliseJson(context, json) }
  const bytes = answer.body
  if (bytes.length === 0) return null
  if (bytes.length > LONGEST_BODY) {
    return { sha256: createHash('sha256').update(bytes).digest('hex'), length: bytes.length }
  }
  const text = bytes.toString('utf8')
  const isText = Buffer.from(text).equals(bytes)
  return isText ? { text: normaliseText(context, text) } : { hex: bytes.toString('hex') }
}

function normaliseJson(context: Context, json: Json): Json {
  const text = normaliseText(context, JSON.stringify(json))
  const normalised: Json = JSON.parse(text)
  return withoutArbitraryOrder(normalised)
}

/** Replaces values that differ between runs. The order of the replacements is part of the recorded format. */
function normaliseText({ base, variables, tokens }: Context, original: string): string {
  let text = original.replaceAll(base, '{{host}}').replaceAll(new URL(base).origin, '{{host}}')
  for (const [name, value] of variables) {
    if (WHOLE_UUID.test(value)) text = text.replaceAll(value, `{{${name}}}`)
  }
  text = text.replace(REQUEST_ID, '{{request-id}}')
  const callers = Object.entries(tokens)
  for (const kind of ['token', 'user', 'tenant'] as const) {
    // Several callers share a tenant; it is named after the first of them in the table.
    for (const [who, caller] of callers) text = text.replaceAll(caller[kind], `{{${kind}:${who}}}`)
  }
  text = text.replace(TIME, (time) => (LITERAL_TIME.test(time) ? time : '{{time}}'))
  return text.replace(UUID, (id) => (LITERAL_ID.test(id) ? id : '{{uuid}}'))
}

/** Sorts tags, which are a set, and replaces the directory of a file store, which differs between servers. */
function withoutArbitraryOrder(value: Json, key?: string): Json {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutArbitraryOrder(item))
    return key === 'tags' ? inOrder(items) : items
  }
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([name, item]) => [
      name,
      name === 'data_dir' && typeof item === 'string' ? '{{data-dir}}' : withoutArbitraryOrder(item, name),
    ]),
  )
}

/** Sorts tags by code point, as the recordings do. A list with other values than strings is returned unchanged. */
function inOrder(tags: Json[]): Json[] {
  const texts = tags.filter((tag) => typeof tag === 'string')
  if (texts.length !== tags.length) return tags
  return texts.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
}
