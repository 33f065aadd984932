import { isUtf8 } from 'node:buffer'
import { holdsSecret, withoutUserinfo } from '../lib/secret-names.ts'
import type { KeptBody } from '../worlds/journal-entry.ts'

/** The part of a body that the journal keeps: bytes of a request, characters of an answer. */
const LONGEST = 16_384

/** Records the beginning of a body while the pipeline reads it. */
export interface BodyRecorder {
  take(chunk: Uint8Array): void
  /** The recorded part; undefined when no byte came. */
  kept(): KeptBody | undefined
}

export function openBodyRecorder(): BodyRecorder {
  const chunks: Uint8Array[] = []
  let size = 0
  return {
    take(chunk) {
      // Copied, because a chunk is a view of a larger buffer, which would stay in memory with it.
      if (size < LONGEST) chunks.push(Uint8Array.prototype.slice.call(chunk, 0, LONGEST - size))
      size += chunk.byteLength
    },
    kept: () => (size === 0 ? undefined : keptBytes(Buffer.concat(chunks), size)),
  }
}

/** Passes the bytes of a body on to their reader, and to the recorder. */
export async function* recorded(
  bytes: AsyncIterable<Uint8Array>,
  recorder: BodyRecorder,
): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    recorder.take(chunk)
    yield chunk
  }
}

/** The part of an answer's text that the journal keeps. */
export function keptText(text: string): KeptBody {
  if (text.length <= LONGEST) return withSecretsOmitted(text, Buffer.byteLength(text), false)
  // Copied, because a slice would keep the whole text in memory.
  const beginning = Buffer.from(text.slice(0, LONGEST)).toString()
  return withSecretsOmitted(beginning, Buffer.byteLength(text), true)
}

function keptBytes(bytes: Buffer, size: number): KeptBody {
  const cut = size > bytes.length
  const whole = cut ? bytes.subarray(0, lastCharacter(bytes)) : bytes
  if (isUtf8(whole)) return withSecretsOmitted(whole.toString(), size, cut)
  if (holdsSecret(bytes.toString('latin1'))) return { size, omitted: 'secret' }
  return { size, base64: bytes.toString('base64'), ...(cut && { cut: true }) }
}

/** The length up to the end of the last whole UTF-8 character. */
function lastCharacter(bytes: Buffer): number {
  for (let end = bytes.length; end > bytes.length - 4; end--) if (isUtf8(bytes.subarray(0, end))) return end
  return bytes.length
}

function withSecretsOmitted(text: string, size: number, cut: boolean): KeptBody {
  if (holdsSecret(text)) return { size, omitted: 'secret' }
  return { size, text: withoutUserinfo(text), ...(cut && { cut: true }) }
}
