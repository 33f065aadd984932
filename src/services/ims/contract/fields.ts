import { z } from 'zod'
import { isUuid } from '../../../lib/ids.ts'
import { type ImsCode, orFail } from '../errors.ts'
import { parseDottedTag } from '../tags/tag.ts'

/**
 * Fields that several calls of the image service share. The message of each rule is the code that breaking it causes: the
 * pipeline answers the code of the first broken rule, in the order of the fields.
 */

/** The error of a field that is `missing`, or `malformed` when it has another type. */
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

/** The smallest system disk that an image fits on, in GB. */
export const MinDisk = z.int(orFail('IMG.0055')).min(1, orFail('IMG.0055')).max(1024, orFail('IMG.0055'))

/** The smallest data disk that an image fits on, in GB. */
export const MinDataDisk = z.int(orFail('IMG.0055')).min(1, orFail('IMG.0055')).max(2048, orFail('IMG.0055'))

export const Firmware = z.enum(['bios', 'uefi'], orFail('IMG.0141'))

export const Architecture = z.enum(['x86', 'arm'], orFail('IMG.0212')).default('x86')

/** The type of the system that a data disk belongs to. */
export const DataOsType = z.enum(['Linux', 'Windows'], orFail('IMG.0122')).default('Linux')

/** The name of a system; the world's table decides which names there are. */
export const OsVersion = z.string(orFail('IMG.0056')).min(1, orFail('IMG.0056'))

export const ServerId = z.string(orFail('IMG.0012')).refine(isUuid, orFail('IMG.0012'))

export const VolumeId = z.string(orFail('IMG.0120')).min(1, orFail('IMG.0120'))

export const KeyId = z.string(orFail('IMG.0095')).min(1, orFail('IMG.0095'))

export const VaultId = z.string(orFail('IMG.0184')).min(1, orFail('IMG.0184'))

export const Flag = z.boolean(orFail('IMG.0001'))

/** `0` and the empty text name the default enterprise project, which is stored as `0`. */
export const EnterpriseProjectId = z
  .string(orFail('IMG.0155'))
  .regex(/^(0|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$/, orFail('IMG.0155'))
  .transform((id) => (id === '' ? '0' : id))

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** An object as `bucket:key`; `noKey` is the code of a URL without a key. */
function objectUrl(noKey: ImsCode) {
  return z
    .string(typed(orFail('IMG.0017')))
    .regex(/:/, orFail('IMG.0017'))
    .transform((text, context) => {
      const colon = text.indexOf(':')
      const url = { bucket: text.slice(0, colon), key: text.slice(colon + 1) }
      const code = brokenRule(url, noKey)
      if (code !== undefined) context.addIssue({ code: 'custom', message: code })
      return url
    })
}

function brokenRule({ bucket, key }: { bucket: string; key: string }, noKey: ImsCode): ImsCode | undefined {
  if (bucket === '') return 'IMG.0068'
  if (!BUCKET.test(bucket)) return 'IMG.0109'
  return key === '' ? noKey : undefined
}

/** The file of an import, as `bucket:key`; its key contains no spaces. */
export const ImportUrl = objectUrl(orFail('IMG.0017')).refine(
  ({ key }) => !/\s/.test(key),
  orFail('IMG.0175'),
)

/** The file that an export writes, as `bucket:key`. */
export const ExportUrl = objectUrl(orFail('IMG.0073'))

/** A tag as key and value; the value may be empty but not missing. */
export const KeyValueTag = z.object(
  { key: z.string(orFail('IMG.0115')), value: z.string(orFail('IMG.0115')) },
  orFail('IMG.0115'),
)

/** The tags of a new image: `tags` lists `key.value` texts, `image_tags` lists keys with values. A request uses one of them. */
export const tagFields = {
  tags: z.array(z.string(orFail('IMG.0115')).transform(parseDottedTag), orFail('IMG.0115')).optional(),
  image_tags: z.array(KeyValueTag, orFail('IMG.0115')).optional(),
}

/** One value of a query parameter, or several when the parameter is repeated. */
export const Values = z.union([z.string(), z.array(z.string())])

/** A time in a reply, such as `2024-05-06T07:08:09Z`: clients refuse a fraction or an offset. */
export const Time = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)

/** The reply of every call that starts a job. */
export const JobCreated = z.object({ job_id: z.string().regex(/^[0-9a-f]{32}$/) })
