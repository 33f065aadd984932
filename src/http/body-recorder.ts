import { isUtf8 } from 'node:buffer'
import type { KeptBody } from '../worlds/journal-entry.ts'

/** So much is kept of a body: bytes of one that came, characters of one that is answered. */
const LONGEST = 16_384

/** A key of JSON or YAML that holds what nobody else may know. */
const SECRET = /["']?\b(?:password|secret|secret_?key|security_?token|tokens?)["']?\s*:/i
/** What stands before the host of an address is a name and a password. */
const USERINFO = /(\/\/)[^/\s"'@]+@/g

/** Keeps the beginning of a body while somebody else reads it. */
export interface BodyRecorder {
  take(chunk: Uint8Array): void
  /** What there is; undefined when nothing came. */
  kept(): KeptBody | undefined
}

export function openBodyRecorder(): BodyRecorder {
  const chunks: Uint8Array[] = []
  let size = 0
  return {
    take(chunk) {
      // Copied: a chunk is a part of a larger buffer, which would stay in memory with it.
      if (size < LONGEST) chunks.push(Uint8Array.prototype.slice.call(chunk, 0, LONGEST - size))
      size += chunk.byteLength
    },
    kept: () => (size === 0 ? undefined : keptBytes(Buffer.concat(chunks), size)),
  }
}

/** The bytes of a body as they come by, for whoever reads it, and for the recorder. */
export async function* recorded(
  bytes: AsyncIterable<Uint8Array>,
  recorder: BodyRecorder,
): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    recorder.take(chunk)
    yield chunk
  }
}

/** The text of an answer, as far as it is kept. */
export function keptText(text: string): KeptBody {
  if (text.length <= LONGEST) return withoutSecrets(text, Buffer.byteLength(text), false)
  // A slice would hold on to the whole of it.
  const beginning = Buffer.from(text.slice(0, LONGEST)).toString()
  return withoutSecrets(beginning, Buffer.byteLength(text), true)
}

/** The address of a request without what proves who somebody is. */
export function withoutUserinfo(text: string): string {
  return text.replace(USERINFO, '$1***@')
}

function keptBytes(bytes: Buffer, size: number): KeptBody {
  const cut = size > bytes.length
  const whole = cut ? bytes.subarray(0, lastCharacter(bytes)) : bytes
  if (isUtf8(whole)) return withoutSecrets(whole.toString(), size, cut)
  if (SECRET.test(bytes.toString('latin1'))) return { size, omitted: 'secret' }
  return { size, base64: bytes.toString('base64'), ...(cut && { cut: true }) }
}

/** Where the last whole character of UTF-8 ends. */
function lastCharacter(bytes: Buffer): number {
  for (let end = bytes.length; end > bytes.length - 4; end--) if (isUtf8(bytes.subarray(0, end))) return end
  return bytes.length
}

function withoutSecrets(text: string, size: number, cut: boolean): KeptBody {
  if (SECRET.test(text)) return { size, omitted: 'secret' }
  return { size, text: withoutUserinfo(text), ...(cut && { cut: true }) }
}
