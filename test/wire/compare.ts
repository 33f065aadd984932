import type { AnswerBody, Json, RecordedAnswer } from './recording.ts'

/** One place where two answers differ; `undefined` stands for a missing value. */
export interface Mismatch {
  readonly what: string
  readonly expected: Json | undefined
  readonly actual: Json | undefined
}

export interface Comparison {
  /** Differences in status, content type and, for statuses below 400, body. */
  readonly answer: readonly Mismatch[]
  /** Differences in the other headers that recordings contain. */
  readonly headers: readonly Mismatch[]
  /** Differences in the text of an error, or in the markup around it. */
  readonly text: readonly Mismatch[]
}

export function compare(expected: RecordedAnswer, actual: RecordedAnswer): Comparison {
  return {
    answer: [
      ...statusMismatch(expected, actual),
      ...typeMismatch(expected, actual),
      ...bodyMismatch(expected, actual),
    ],
    headers: headerMismatches(expected, actual),
    text: textMismatch(expected, actual),
  }
}

function statusMismatch(expected: RecordedAnswer, actual: RecordedAnswer): Mismatch[] {
  if (expected.status === actual.status) return []
  return [{ what: 'status', expected: expected.status, actual: actual.status }]
}

function typeMismatch(expected: RecordedAnswer, actual: RecordedAnswer): Mismatch[] {
  if (contentType(expected) === contentType(actual)) return []
  const name = 'content-type'
  return [{ what: name, expected: expected.headers[name], actual: actual.headers[name] }]
}

/** The content type in lower case and without spaces. */
function contentType({ headers }: RecordedAnswer): string {
  return (headers['content-type'] ?? '').toLowerCase().replaceAll(' ', '')
}

function bodyMismatch(expected: RecordedAnswer, actual: RecordedAnswer): Mismatch[] {
  if (expected.status >= 400 || expected.status !== actual.status) return []
  const found = firstDifference(expected.body, actual.body, '')
  return found === undefined ? [] : [{ ...found, what: `body ${found.what}` }]
}

function headerMismatches(
  { headers: expected }: RecordedAnswer,
  { headers: actual }: RecordedAnswer,
): Mismatch[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
  return [...names]
    .filter((name) => name !== 'content-type' && expected[name] !== actual[name])
    .sort()
    .map((name) => ({ what: `header ${name}`, expected: expected[name], actual: actual[name] }))
}

function textMismatch(expected: RecordedAnswer, actual: RecordedAnswer): Mismatch[] {
  if (expected.status < 400 || firstDifference(expected.body, actual.body, '') === undefined) return []
  const words = { expected: errorText(expected.body), actual: errorText(actual.body) }
  if (words.expected !== words.actual) return [{ what: 'error text', ...words }]
  return [{ what: 'error markup', expected: expected.body, actual: actual.body }]
}

/** The text of an error without HTML tags. */
function errorText(body: AnswerBody | null): string {
  if (body === null) return ''
  if (!('text' in body)) return canonical(body)
  return body.text
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_, inner: Json) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}

/** Finds the first difference of two values, with its path. The order of keys is ignored. */
function firstDifference(expected: Json, actual: Json, path: string): Mismatch | undefined {
  if (expected === actual) return undefined
  if (Array.isArray(expected) && Array.isArray(actual)) return firstInLists(expected, actual, path)
  if (isObject(expected) && isObject(actual)) return firstInObjects(expected, actual, path)
  return { what: path === '' ? '/' : path, expected, actual }
}

function firstInLists(expected: Json[], actual: Json[], path: string): Mismatch | undefined {
  if (expected.length !== actual.length) {
    return {
      what: `${path === '' ? '/' : path}, number of entries`,
      expected: expected.length,
      actual: actual.length,
    }
  }
  for (const [index, item] of expected.entries()) {
    const found = firstDifference(item, actual[index] ?? null, `${path}/${index}`)
    if (found !== undefined) return found
  }
  return undefined
}

type JsonObject = { [key: string]: Json }

function firstInObjects(expected: JsonObject, actual: JsonObject, path: string): Mismatch | undefined {
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
  const missing = [...keys].find((key) => !(Object.hasOwn(expected, key) && Object.hasOwn(actual, key)))
  if (missing !== undefined) {
    return { what: `${path}/${missing}`, expected: expected[missing], actual: actual[missing] }
  }
  for (const key of keys) {
    const found = firstDifference(expected[key] ?? null, actual[key] ?? null, `${path}/${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
