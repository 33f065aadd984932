import { z } from 'zod'

/** The media types of bodies that are no JSON, or JSON under a type of its own. */
const mediaTypes = z.registry<{ mediaType: string }>()

/**
 * Declares the media type of a body; a body without one is `application/json`.
 * @example responses: { 200: sentAs('text/html', z.string()) }
 */
export function sentAs<Schema extends z.ZodType>(mediaType: string, schema: Schema): Schema {
  const own = schema.clone()
  mediaTypes.add(own, { mediaType })
  return own
}

/** The media type of a body in the OpenAPI document. */
export function mediaTypeOf(schema: z.ZodType): string {
  return mediaTypes.get(schema)?.mediaType ?? 'application/json'
}

/** Declares a reply of bytes of a media type: it streams them and has no body. */
export function bytesSentAs(mediaType: string): z.ZodUndefined {
  return sentAs(mediaType, z.undefined())
}

/** The reply of raw bytes. */
export const rawBytes = bytesSentAs('application/octet-stream')

/** Streams bytes that are in memory already. */
export async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
