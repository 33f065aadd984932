import { z } from 'zod'
import { FieldPath } from './field-path.ts'
import { Matcher } from './matcher.ts'
import { MomentText, Names, saysSomething } from './values.ts'

const Method = z.enum(['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** Counts begin with 1. */
const Ordinal = z.int().min(1).max(1_000_000_000)

/** What is known of the image that a request names in its path. */
const Resource = z
  .strictObject({
    id: Matcher.optional(),
    status: Matcher.optional(),
    name: Matcher.optional(),
    /** Fits when one of the image's tags does; a tag with a value is written `key=value`. */
    tag: Matcher.optional(),
    visibility: Matcher.optional(),
  })
  .superRefine(saysSomething('says nothing; write id, status, name, tag or visibility'))

/** What a request must look like: everything that is said must hold, and nothing said fits every request. */
export const When = z.strictObject({
  /** Ids, patterns with `*`, or a whole API as `face:ims`. */
  operation: Names.optional(),
  method: z.union([Method, z.array(Method).min(1)]).optional(),
  /** Patterns in which `*` is any run of characters; the path has no query. */
  path: Names.optional(),
  /** Ids. */
  project: Names.optional(),
  /** Ids or names. */
  user: Names.optional(),
  /** Phases that the world must be in. */
  phase: Names.optional(),
  headers: z.record(z.string().min(1).max(256), Matcher).optional(),
  query: z.record(z.string().min(1).max(256), Matcher).optional(),
  body: z.record(FieldPath, Matcher).optional(),
  resource: Resource.optional(),
  /** The virtual time from which on, and up to which, it fits. */
  after: MomentText.optional(),
  before: MomentText.optional(),
  probability: z.number().min(0).max(1).optional(),
  /** Which of the requests that fit everything else: these, the first so many, every so many. */
  nth: z.union([Ordinal, z.array(Ordinal).min(1).max(1024)]).optional(),
  first: Ordinal.optional(),
  every: Ordinal.optional(),
})
export type When = z.output<typeof When>
