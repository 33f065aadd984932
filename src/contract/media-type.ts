import { z } from 'zod'

/** The media type under which a body goes that is not JSON, or JSON under a name of its own. */
const mediaTypes = z.registry<{ mediaType: string }>()

/** Declares the media type of a body. What is not declared is `application/json`. */
export function sentAs<Schema extends z.ZodType>(mediaType: string, schema: Schema): Schema {
  const own = schema.clone()
  mediaTypes.add(own, { mediaType })
  return own
}

export function mediaTypeOf(schema: z.ZodType): string {
  return mediaTypes.get(schema)?.mediaType ?? 'application/json'
}

/** The answer of bytes that are sent as they are: there is no body beside them. */
export const rawBytes = sentAs('application/octet-stream', z.undefined())
