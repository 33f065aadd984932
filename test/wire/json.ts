import type { Answer } from './http.ts'
import type { Json } from './recording.ts'

/** Parses the JSON of an answer; returns null for another content type and for invalid JSON. */
export function jsonOf({ headers, body }: Pick<Answer, 'headers' | 'body'>): Json {
  if (!headers.get('content-type')?.includes('json')) return null
  try {
    const parsed: Json = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))
    return parsed
  } catch {
    return null
  }
}

/**
 * Renders JSON with a space after each comma and colon, and with non-ASCII characters escaped. These are the bytes that the
 * recorded client sent, so that limits on the length of a body apply to the same length.
 */
export function recordedJson(value: Json): string {
  if (typeof value === 'string') return asciiString(value)
  if (Array.isArray(value)) return `[${value.map(recordedJson).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value)
  return `{${entries.map(([key, item]) => `${asciiString(key)}: ${recordedJson(item)}`).join(', ')}}`
}

function asciiString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
