/** A part of an object; `end` is exclusive. */
export interface ByteRange {
  start: number
  end: number
}

/** Most ranges of a request that are answered one by one; a request with more gets the whole object. */
const MOST_RANGES = 64

/**
 * Reads a Range header for an object of a size.
 * @returns undefined for the whole object: without a header, and for one that is malformed; an empty list when no range begins
 * inside the object.
 * @see RFC 9110, section 14.1.2
 */
export function parseRanges(header: string | null, size: number): ByteRange[] | undefined {
  const texts = /^bytes=(.+)$/i.exec(header?.trim() ?? '')?.[1]?.split(',', MOST_RANGES + 1)
  if (texts === undefined || texts.length > MOST_RANGES) return undefined
  const ranges: ByteRange[] = []
  for (const text of texts) {
    const match = /^(\d{0,16})-(\d{0,16})$/.exec(text.trim())
    if (match === null) return undefined
    const [, first = '', last = ''] = match
    if (first === '' && last === '') return undefined
    if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
    const range = first === '' ? suffix(Number(last), size) : between(Number(first), last, size)
    if (range.start < range.end) ranges.push(range)
  }
  return ranges
}

function suffix(length: number, size: number): ByteRange {
  return { start: Math.max(0, size - length), end: size }
}

function between(start: number, last: string, size: number): ByteRange {
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) }
}
