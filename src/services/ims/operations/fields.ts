import { z } from 'zod'
import { isUuid } from '../../../lib/ids.ts'
import { type ImsCode, orFail } from '../errors.ts'
import { osVersions } from '../os-versions.ts'
import { parseDottedTag } from '../tags/tag.ts'

/**
 * The fields of IMS requests. The message of every rule is the IMG code that breaking it causes: the pipeline answers the
 * code of the first broken rule, in the order of the fields.
 */

/** `missing` when the field is not there, `malformed` when it has another type. */
const typed = (missing: ImsCode, malformed: ImsCode = 'IMG.0001') => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? missing : malformed),
})

const NAME = /^[\p{Script=Han}A-Za-z0-9._-]([\p{Script=Han}A-Za-z0-9._ -]*[\p{Script=Han}A-Za-z0-9._-])?$/u

export const ImageName = z
  .string(typed(orFail('IMG.0013')))
  .min(1, orFail('IMG.0013'))
  .max(128, orFail('IMG.0002'))
  .regex(NAME, orFail('IMG.0003'))

export const Description = z
  .string(typed(orFail('IMG.0001')))
  .max(1024, orFail('IMG.0004'))
  .regex(/^[^<>\r\n]*$/, orFail('IMG.0054'))

/** Memory in MB. */
export const Ram = z.int(orFail('IMG.0055')).min(0, orFail('IMG.0055'))

/** Memory in MB as a patch sends it: a number, or its decimal digits. */
export const RamText = z
  .union([Ram, z.string().regex(/^\d{1,9}$/, orFail('IMG.0055'))], orFail('IMG.0055'))
  .transform(Number)

/** Disk in GB. */
export const MinDisk = z.int(orFail('IMG.0055')).min(1, orFail('IMG.0055')).max(1024, orFail('IMG.0055'))

/** A data disk may be larger. */
export const MinDataDisk = z.int(orFail('IMG.0055')).min(1, orFail('IMG.0055')).max(2048, orFail('IMG.0055'))

export const Firmware = z.enum(['bios', 'uefi'], orFail('IMG.0141'))

export const Architecture = z.enum(['x86', 'arm'], orFail('IMG.0212')).default('x86')

/** Linux or Windows: what a data disk belongs to. */
export const DataOsType = z.enum(['Linux', 'Windows'], orFail('IMG.0122')).default('Linux')

export const ServerId = z.string(orFail('IMG.0012')).refine(isUuid, orFail('IMG.0012'))

export const VolumeId = z.string(orFail('IMG.0120')).min(1, orFail('IMG.0120'))

export const KeyId = z.string(orFail('IMG.0095')).min(1, orFail('IMG.0095'))

export const Flag = z.boolean(orFail('IMG.0001'))

/** `0` and the empty text are the default enterprise project, which is kept as `0`. */
export const EnterpriseProjectId = z
  .string(orFail('IMG.0155'))
  .regex(/^(0|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$/, orFail('IMG.0155'))
  .transform((id) => (id === '' ? '0' : id))

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** `bucket:object`; `noKey` is the code of a URL that names no object. */
function objectUrl(noKey: ImsCode) {
  return z
    .string(typed(orFail('IMG.0017')))
    .regex(/:/, orFail('IMG.0017'))
    .transform((text, context) => {
      const colon = text.indexOf(':')
      const url = { bucket: text.slice(0, colon), key: text.slice(colon + 1) }
      const code =
        url.bucket === ''
          ? 'IMG.0068'
          : !BUCKET.test(url.bucket)
            ? 'IMG.0109'
            : url.key === ''
              ? noKey
              : undefined
      if (code !== undefined) context.addIssue({ code: 'custom', message: code })
      return url
    })
}

/** The file of an import: its path may hold no spaces. */
export const ImportUrl = objectUrl(orFail('IMG.0017')).refine(
  ({ key }) => !/\s/.test(key),
  orFail('IMG.0175'),
)

/** Where an export goes. */
export const ExportUrl = objectUrl(orFail('IMG.0073'))

export const OsVersion = z
  .string(orFail('IMG.0056'))
  .refine((version) => osVersions().has(version), orFail('IMG.0056'))

/** `key.value` each. */
export const DottedTags = z.array(z.string(orFail('IMG.0115')).transform(parseDottedTag), orFail('IMG.0115'))

/** A value may be empty, but not missing. */
export const KeyValueTag = z.object(
  { key: z.string(orFail('IMG.0115')), value: z.string(orFail('IMG.0115')) },
  orFail('IMG.0115'),
)

export const KeyValueTags = z.array(KeyValueTag, orFail('IMG.0115'))

/** The answer of every asynchronous call. */
export const JobCreated = z.object({ job_id: z.string().regex(/^[0-9a-f]{32}$/) })
