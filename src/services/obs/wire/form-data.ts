import { obsError } from '../errors.ts'

/** A form as a browser sends it: its fields by their names in lower case, then its file, whose bytes stream. */
export interface Form {
  fields: Map<string, string>
  fileName: string
  file: AsyncGenerator<Uint8Array>
}

/** Longest headers of a part, and longest fields together, bytes. */
const LONGEST_HEAD = 8192
const LONGEST_FIELDS = 65_536

/** The boundary in a Content-Type of `multipart/form-data`; undefined for another type. */
export function boundaryOf(contentType: string | null): string | undefined {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType ?? '',
  )
  return match?.[1] ?? match?.[2]
}

/**
 * Reads a form up to its file, which must be its last field: fields behind it are not read.
 * @throws CodedRefusal BadRequest for a form that is malformed, or has no file.
 * @see RFC 7578
 */
export async function openForm(bytes: AsyncIterable<Uint8Array>, boundary: string): Promise<Form> {
  const input = openParts(bytes, boundary)
  const fields = new Map<string, string>()
  let size = 0
  await input.skipToFirst()
  for (;;) {
    const head = await input.head()
    if (head === undefined) throw obsError('BadRequest', { why: 'the form has no file' })
    const { name, fileName } = disposition(head)
    if (name === 'file') return { fields, fileName, file: input.content() }
    const chunks: Uint8Array[] = []
    for await (const chunk of input.content()) {
      size += chunk.byteLength
      if (size > LONGEST_FIELDS) throw obsError('BadRequest', { why: 'the fields are too long' })
      chunks.push(chunk)
    }
    fields.set(name, Buffer.concat(chunks).toString('utf8'))
  }
}

function disposition(head: string): { name: string; fileName: string } {
  const line = head.split('\r\n').find((each) => /^content-disposition:/i.test(each)) ?? ''
  const name = /[;\s]name="([^"]*)"/i.exec(line)?.[1]
  if (name === undefined) throw obsError('BadRequest', { why: 'a field has no name' })
  const path = /[;\s]filename="([^"]*)"/i.exec(line)?.[1] ?? ''
  return { name: name.toLowerCase(), fileName: path.split(/[/\\]/).at(-1) ?? '' }
}

/** The parts of a body, read in their order. */
interface Parts {
  skipToFirst(): Promise<void>
  /** The headers of the next part; undefined after the last. */
  head(): Promise<string | undefined>
  /** The bytes of the part up to the next boundary. */
  content(): AsyncGenerator<Uint8Array>
}

function openParts(bytes: AsyncIterable<Uint8Array>, boundary: string): Parts {
  const source = bytes[Symbol.asyncIterator]()
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first boundary has no line before it.
  let rest: Buffer = Buffer.from('\r\n')

  async function more(): Promise<void> {
    const { done, value } = await source.next()
    if (done === true) throw obsError('BadRequest', { why: 'the form breaks off' })
    rest = Buffer.concat([rest, value])
  }

  async function* content(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = rest.indexOf(delimiter)
      const end = at < 0 ? Math.max(0, rest.length - delimiter.length) : at
      const piece = rest.subarray(0, end)
      rest = rest.subarray(at < 0 ? end : end + delimiter.length)
      if (piece.length > 0) yield piece
      if (at >= 0) return
      await more()
    }
  }

  return {
    content,
    async skipToFirst() {
      for await (const _preamble of content());
    },
    async head() {
      while (rest.length < 2) await more()
      if (rest.subarray(0, 2).toString() === '--') return undefined
      for (;;) {
        const end = rest.indexOf('\r\n\r\n')
        if (end >= 0) {
          const head = rest.subarray(0, end).toString('utf8')
          rest = rest.subarray(end + 4)
          return head
        }
        if (rest.length > LONGEST_HEAD)
          throw obsError('BadRequest', { why: 'the headers of a field are too long' })
        await more()
      }
    },
  }
}
