import { z } from 'zod'
import type { Call } from '../../../contract/operation.ts'
import { wireMillis } from '../../../lib/time.ts'

/** `2024-05-06T07:08:09.123000Z`: the form of IAM's times, with six digits behind the second. */
export const IamTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/)

export function iamTime(ms: number): string {
  return wireMillis(ms).replace('Z', '000Z')
}

/** An account as other things name it. */
export const DomainNameWire = z.strictObject({ id: z.string(), name: z.string() })

/** The link of one thing. */
export const LinkWire = z.strictObject({ self: z.string() })

export function linkTo(call: Call, noun: string, id: string): { self: string } {
  return { self: `${call.base}/v3/${noun}/${id}` }
}

/** The links of a list. There is never a next page: who wants one says which. */
export const ListLinksWire = z.strictObject({ self: z.string(), previous: z.null(), next: z.null() })

export function linksOfList(call: Call, path: string): z.output<typeof ListLinksWire> {
  const query = call.search === '' ? '' : `?${call.search}`
  return { self: `${call.base}${path}${query}`, previous: null, next: null }
}

/** `true` and `false` in a query, in any letters: some clients write them as their language does. */
export const QueryFlag = z
  .string()
  .regex(/^(?:true|false)$/i, 'must be true or false')
  .transform((text) => text.toLowerCase() === 'true')
