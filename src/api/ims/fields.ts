import { z } from 'zod'
import { osVersions } from '../../cloud/os-versions.ts'
import { parseDottedTag } from '../../cloud/tags/tag.ts'

/**
 * The fields of IMS requests. The message of every rule is the IMG code that breaking it causes: the pipeline answers the
 * code of the first broken rule, in the order of the fields.
 */

/** `missing` when the field is not there, `malformed` when it has another type. */
const typed = (missing: string, malformed = 'IMG.0001') => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? missing : malformed),
})

const NAME = /^[\p{Script=Han}A-Za-z0-9._-]([\p{Script=Han}A-Za-z0-9._ -]*[\p{Script=Han}A-Za-z0-9._-])?$/u

export const ImageName = z
  .string(typed('IMG.0013'))
  .min(1, 'IMG.0013')
  .max(128, 'IMG.0002')
  .regex(NAME, 'IMG.0003')

export const Description = z
  .string(typed('IMG.0001'))
  .max(1024, 'IMG.0004')
  .regex(/^[^<>\r\n]*$/, 'IMG.0054')

/** Memory in MB. */
export const Ram = z.int('IMG.0055').min(0, 'IMG.0055')

/** Memory in MB as a patch sends it: a number, or its decimal digits. */
export const RamText = z.union([Ram, z.string().regex(/^\d{1,9}$/)], 'IMG.0055').transform(Number)

/** Disk in GB. */
export const MinDisk = z.int('IMG.0055').min(1, 'IMG.0055').max(1024, 'IMG.0055')

export const Flag = z.boolean('IMG.0001')

/** `0` and the empty text are the default enterprise project, which is kept as `0`. */
export const EnterpriseProjectId = z
  .string('IMG.0155')
  .regex(/^(0|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$/, 'IMG.0155')
  .transform((id) => (id === '' ? '0' : id))

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** `bucket:object`. */
export const ObjectUrl = z
  .string(typed('IMG.0017'))
  .regex(/:/, 'IMG.0017')
  .transform((text, context) => {
    const colon = text.indexOf(':')
    const url = { bucket: text.slice(0, colon), key: text.slice(colon + 1) }
    const code =
      url.bucket === ''
        ? 'IMG.0068'
        : !BUCKET.test(url.bucket)
          ? 'IMG.0109'
          : url.key === ''
            ? 'IMG.0017'
            : undefined
    if (code !== undefined) context.addIssue({ code: 'custom', message: code })
    return url
  })

/** The file of an import: its path may hold no spaces. */
export const ImportUrl = ObjectUrl.refine(({ key }) => !/\s/.test(key), 'IMG.0175')

export const OsVersion = z.string('IMG.0056').refine((version) => osVersions().has(version), 'IMG.0056')

/** `key.value` each. */
export const DottedTags = z.array(z.string('IMG.0115').transform(parseDottedTag), 'IMG.0115')

export const KeyValueTags = z.array(
  z.object({ key: z.string('IMG.0115'), value: z.string('IMG.0115') }, 'IMG.0115'),
  'IMG.0115',
)

/** The answer of every asynchronous call. */
export const JobCreated = z.object({ job_id: z.string().regex(/^[0-9a-f]{32}$/) })
