import { z } from 'zod'
import { elementsOf, expecting, shown } from '../../lib/nearest.ts'
import { Condition, clausesOf } from './conditions.ts'

/** Limits that IAM documents for a policy of version 1.1; an identity policy (5.0) only has one on its total size. */
const MOST_STATEMENTS = 8
const MOST_ACTIONS = 100
const MOST_RESOURCES = 10
const MOST_CONDITIONS = 10
const LONGEST_RESOURCE = 128
const LONGEST_ACTION = 128
/** Bytes of a policy as JSON without spaces, in either version. */
const LONGEST_POLICY = 6144

const ACTION = /^(?:\*|[\w.?*-]+:(?:\*|[\w.?*-]+:[\w.?*-]+))$/
const ACTION_FORM = 'service:type:operation, such as "ims:images:get" or "ims:*:*"'
const RESOURCE = /^(?:\*|[\w.?*-]+(?::[^:\s]*){3}:\S+)$/
const RESOURCE_FORM = 'service:region:account:type:path, such as "ims:*:*:image:*", or "*"'

/** Schema of a text that matches a pattern; a mistake names the text and the expected form. */
function textOf(form: string, pattern: RegExp, longest: number) {
  return z
    .string(expecting(form))
    .refine(
      (text) => text.length <= longest && pattern.test(text),
      expecting(`${form} (at most ${longest} characters)`),
    )
}

/**
 * Schema of a list with 1 to `most` items. Lengths are refined, not checked by `min` and `max`, because those read the
 * `length` of any input, even of an object, and throw when it is not a number.
 */
function listOf<T extends z.ZodType>(item: T, what: string, most: number) {
  return z
    .array(item, expecting(`a list of ${what}`))
    .refine((list) => list.length > 0, { error: `found an empty list; write at least one of ${what}` })
    .refine((list) => list.length <= most, { error: `found more than ${most} of ${what}; write fewer` })
}

const Action = textOf(ACTION_FORM, ACTION, LONGEST_ACTION)
const Effect = z.enum(['Allow', 'Deny'], expecting('"Allow" or "Deny"'))

/** The agencies that a policy of version 1.1 permits to assume. */
const AgencyUris = z.strictObject(
  { uri: listOf(textOf('"/iam/agencies/<id>"', /^\/\S+$/, LONGEST_RESOURCE), 'URIs', MOST_RESOURCES) },
  elementsOf('Resource', ['uri']),
)

const ELEMENTS_11 = ['Effect', 'Action', 'Resource', 'Condition']

const Statement11 = z
  .strictObject(
    {
      Effect,
      Action: listOf(Action, 'actions', MOST_ACTIONS),
      Resource: z
        .union(
          [
            listOf(textOf(RESOURCE_FORM, RESOURCE, LONGEST_RESOURCE), 'resources', MOST_RESOURCES),
            AgencyUris,
          ],
          expecting(`a list of at most ${MOST_RESOURCES} resources: ${RESOURCE_FORM}`),
        )
        .optional(),
      Condition: Condition.optional(),
    },
    elementsOf('a statement of version 1.1', ELEMENTS_11),
  )
  .refine((statement) => clausesOf(statement.Condition ?? {}).length <= MOST_CONDITIONS, {
    path: ['Condition'],
    error: `found more than ${MOST_CONDITIONS} conditions; write fewer`,
  })

const ELEMENTS_50 = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']
const Actions50 = listOf(Action, 'actions', LONGEST_POLICY).optional()
const Resources50 = listOf(
  textOf(RESOURCE_FORM, RESOURCE, LONGEST_POLICY),
  'resources',
  LONGEST_POLICY,
).optional()

const Statement50 = z
  .strictObject(
    {
      Sid: z.string(expecting('a text')).optional(),
      Effect,
      Action: Actions50,
      NotAction: Actions50,
      Resource: Resources50,
      NotResource: Resources50,
      Condition: Condition.optional(),
    },
    elementsOf('a statement of version 5.0', ELEMENTS_50),
  )
  .refine((statement) => (statement.Action === undefined) !== (statement.NotAction === undefined), {
    error: 'a statement has either Action or NotAction; write one of them',
  })
  .refine((statement) => statement.Resource === undefined || statement.NotResource === undefined, {
    error: 'a statement has Resource or NotResource, not both; leave one of them out',
  })

const ELEMENTS_OF_POLICY = elementsOf('a policy', ['Version', 'Statement'])

/** Checks the size of the whole policy. It runs after all other checks, so the depth of the JSON is bounded. */
const isShort = (document: unknown) => Buffer.byteLength(JSON.stringify(document)) <= LONGEST_POLICY
const tooLong = {
  error: `a policy has at most ${LONGEST_POLICY} bytes as JSON without spaces; write a shorter one`,
}

/**
 * Schema of a policy as IAM accepts it: version 1.1 (custom policies of roles) or 5.0 (identity policies). Each mistake
 * names the value found and the value to write.
 *
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-iam5/iam_01_1289.html JSON Element Reference of version 5.0
 *
 * @example PolicyDocument.parse({ Version: '1.1', Statement: [{ Effect: 'Allow', Action: ['ims:*:get*'] }] })
 */
export const PolicyDocument = z.discriminatedUnion(
  'Version',
  [
    z
      .strictObject(
        { Version: z.literal('1.1'), Statement: listOf(Statement11, 'statements', MOST_STATEMENTS) },
        ELEMENTS_OF_POLICY,
      )
      .refine(isShort, tooLong),
    z
      .strictObject(
        { Version: z.literal('5.0'), Statement: listOf(Statement50, 'statements', LONGEST_POLICY) },
        ELEMENTS_OF_POLICY,
      )
      .refine(isShort, tooLong),
  ],
  {
    error: ({ code, input }) =>
      code === 'invalid_union' && typeof input === 'object' && input !== null
        ? `found Version ${shown(Object.entries(input).find(([name]) => name === 'Version')?.[1])}; write "1.1" or "5.0"`
        : `found ${shown(input)}; write a policy as an object with Version and Statement`,
  },
)
export type PolicyDocument = z.output<typeof PolicyDocument>
/** One statement of a policy of either version. */
export type PolicyStatement = PolicyDocument['Statement'][number]
