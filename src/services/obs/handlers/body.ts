import { obsError } from '../errors.ts'
import type { ObsCall } from '../obs-call.ts'
import { checked } from '../wire/checksums.ts'

/** Longest document in a body, bytes: a completion of 10,000 parts has about 1.2 MB. */
const LONGEST = 4 * 2 ** 20

/**
 * Reads a document in a body, and checks it against what the client says about its bytes.
 * @throws CodedRefusal EntityTooLarge, BadDigest
 */
export async function smallText({ bytes, promised }: Pick<ObsCall, 'bytes' | 'promised'>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of checked(bytes, promised)) {
    size += chunk.byteLength
    if (size <= LONGEST) chunks.push(chunk)
  }
  if (size > LONGEST) throw obsError('EntityTooLarge', { size })
  return Buffer.concat(chunks).toString('utf8')
}
