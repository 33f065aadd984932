/**
 * Reads bytes in one piece. More than a limit are refused before they are read when the request says how many they are, and
 * after that they are counted, not kept.
 * @param headers of the request that the bytes are the body of.
 * @returns undefined for more bytes than the limit.
 */
export async function readUpTo(
  limit: number,
  headers: Headers,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Buffer | undefined> {
  if (Number(headers.get('content-length') ?? 0) > limit) return undefined
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.byteLength
    if (size <= limit) chunks.push(chunk)
  }
  return size > limit ? undefined : Buffer.concat(chunks)
}
