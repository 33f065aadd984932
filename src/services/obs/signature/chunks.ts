import { createHash, hash } from 'node:crypto'
import { obsError } from '../errors.ts'
import { signFourthVersion } from './fourth-version.ts'
import { sameText } from './verify.ts'

/** What the signatures of chunks are computed with. */
export interface ChunkSigning {
  key: Buffer
  date: string
  scope: string
  /** That of the header, which the first chunk continues. */
  signature: string
}

/** How a body in chunks is read. */
export interface ChunkReading {
  /** Undefined for chunks that are not signed, or not checked. */
  signing: ChunkSigning | undefined
  /** Gets the headers that follow the last chunk. */
  onTrailer(name: string, value: string): void
}

/** The body comes in chunks of its own within the body of HTTP (`x-amz-content-sha256: STREAMING-…`). */
export function isChunked(payload: string): boolean {
  return payload.startsWith('STREAMING-')
}

const EMPTY_HASH = hash('sha256', '')
/** Longest line between chunks, bytes. */
const LONGEST_LINE = 4096
/** Most headers after the last chunk. */
const MOST_TRAILERS = 20

/**
 * Decodes a body of `aws-chunked`: `{hex}[;chunk-signature=…]\r\n{bytes}\r\n … 0\r\n{trailers}\r\n`. The bytes are passed on as they
 * come; a wrong signature ends the stream with an error after its chunk.
 * @throws CodedRefusal IncompleteBody, SignatureDoesNotMatch, InvalidArgument
 */
export async function* decodeChunks(
  bytes: AsyncIterable<Uint8Array>,
  reading: ChunkReading,
): AsyncGenerator<Uint8Array> {
  const source = bytes[Symbol.asyncIterator]()
  try {
    yield* decoded(source, reading)
  } catch (error) {
    // An answer before the end of the body would reset the connection under the client.
    for (let next = await source.next(); !next.done; next = await source.next());
    throw error
  }
}

async function* decoded(
  source: AsyncIterator<Uint8Array>,
  { signing, onTrailer }: ChunkReading,
): AsyncGenerator<Uint8Array> {
  const input = openInput(source)
  let previous = signing?.signature ?? ''
  for (;;) {
    const { size, signature } = parseChunkHead(await input.line())
    const digest = createHash('sha256')
    for await (const piece of input.take(size)) {
      if (signing !== undefined) digest.update(piece)
      yield piece
    }
    if (signing !== undefined) {
      const found = digest.digest('hex')
      checkSignature(signing, 'PAYLOAD', [previous, EMPTY_HASH, found], signature ?? '')
      previous = signature ?? ''
    }
    if (size === 0) break
    if ((await input.line()) !== '')
      throw obsError('IncompleteBody', { why: 'a chunk is longer than it says' })
  }
  await readTrailers(input, { signing, previous, onTrailer })
}

function parseChunkHead(line: string): { size: number; signature: string | undefined } {
  const match = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line.trim())
  if (match === null) throw obsError('IncompleteBody', { why: 'the body is not in chunks' })
  return { size: Number.parseInt(match[1] ?? '', 16), signature: match[2] }
}

function checkSignature(
  { key, date, scope }: ChunkSigning,
  kind: 'PAYLOAD' | 'TRAILER',
  parts: readonly string[],
  signature: string,
): void {
  const text = [`AWS4-HMAC-SHA256-${kind}`, date, scope, ...parts].join('\n')
  if (!sameText(signFourthVersion(text, key), signature))
    throw obsError('SignatureDoesNotMatch', { why: `the signature of a ${kind.toLowerCase()} chunk differs` })
}

interface TrailerReading extends ChunkReading {
  previous: string
}

async function readTrailers(input: Input, { signing, previous, onTrailer }: TrailerReading): Promise<void> {
  const lines: string[] = []
  for (let line = await input.lastLine(); line !== undefined && line !== ''; line = await input.lastLine()) {
    const at = line.indexOf(':')
    const [name, value] = [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]
    if (at < 1 || lines.length >= MOST_TRAILERS) throw obsError('InvalidArgument', { trailer: line })
    if (name !== 'x-amz-trailer-signature') {
      lines.push(`${name}:${value}\n`)
      onTrailer(name, value)
    } else if (signing !== undefined) {
      checkSignature(signing, 'TRAILER', [previous, hash('sha256', lines.join(''))], value)
    }
  }
}

/** The bytes of a body, read by lines and by counts. */
interface Input {
  /** The next line, without its end. */
  line(): Promise<string>
  /** The next line; undefined at the end of the body. */
  lastLine(): Promise<string | undefined>
  take(count: number): AsyncGenerator<Uint8Array>
}

function openInput(source: AsyncIterator<Uint8Array>): Input {
  let rest: Uint8Array = new Uint8Array(0)

  async function more(): Promise<boolean> {
    const { done, value } = await source.next()
    if (done === true) return false
    rest = rest.byteLength === 0 ? value : Buffer.concat([rest, value])
    return true
  }

  async function lastLine(): Promise<string | undefined> {
    for (;;) {
      const end = rest.indexOf(0x0a)
      if (end >= 0 || rest.byteLength > LONGEST_LINE) {
        if (end < 0 || end > LONGEST_LINE) throw obsError('IncompleteBody', { why: 'a line is too long' })
        const line = Buffer.from(rest.subarray(0, end)).toString('latin1')
        rest = rest.subarray(end + 1)
        return line.replace(/\r$/, '')
      }
      if (!(await more())) return undefined
    }
  }

  return {
    lastLine,
    async line() {
      const line = await lastLine()
      if (line === undefined) throw obsError('IncompleteBody', { why: 'the body ends before its last chunk' })
      return line
    },
    async *take(count) {
      let left = count
      while (left > 0) {
        if (rest.byteLength === 0 && !(await more()))
          throw obsError('IncompleteBody', { why: 'the body ends within a chunk' })
        const piece = rest.subarray(0, left)
        rest = rest.subarray(piece.byteLength)
        left -= piece.byteLength
        if (piece.byteLength > 0) yield piece
      }
    },
  }
}
