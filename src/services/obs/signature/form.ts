import { z } from 'zod'
import { jsonIn } from '../../../lib/json.ts'
import { safeParse } from '../../../lib/parse.ts'
import { parseTime } from '../../../lib/time.ts'
import { obsError } from '../errors.ts'
import { signFourthVersion, signingKeyOf } from './fourth-version.ts'
import { signSecondVersion } from './second-version.ts'
import { sameText } from './verify.ts'

/** The fields of a form by their names in lower case, without the file. */
export type FormFields = ReadonlyMap<string, string>

/** What a form is signed with. */
export interface FormCredential {
  accessKey: string
  signature: string
  /** As it was sent: Base64 of JSON. */
  policy: string
  securityToken: string | undefined
  /** `20261127/cn-north-4/s3/aws4_request`; undefined for the second version. */
  scope: string | undefined
}

/** Reads what a form is signed with; undefined for one without a signature. */
export function formCredential(fields: FormFields): FormCredential | undefined {
  const securityToken = fields.get('x-obs-security-token') ?? fields.get('x-amz-security-token')
  const [, ofToken, signed, inToken] = /^([^:]+):([^:]+):(.+)$/.exec(fields.get('token') ?? '') ?? []
  if (ofToken !== undefined && signed !== undefined && inToken !== undefined)
    return { accessKey: ofToken, signature: signed, policy: inToken, securityToken, scope: undefined }
  const policy = fields.get('policy')
  if (policy === undefined) return undefined
  const [, ofScope, scope] =
    /^([^/]+)\/(\d{8}\/[^/]+\/s3\/aws4_request)$/.exec(fields.get('x-amz-credential') ?? '') ?? []
  const signature = fields.get('x-amz-signature') ?? fields.get('signature')
  const accessKey = ofScope ?? fields.get('accesskeyid') ?? fields.get('awsaccesskeyid')
  if (signature === undefined || accessKey === undefined) return undefined
  return { accessKey, signature, policy, securityToken, scope }
}

/** True when the signature of a form is right for its policy. */
export function verifiesForm({ policy, signature, scope }: FormCredential, secretKey: string): boolean {
  if (scope === undefined) return sameText(signSecondVersion(policy, secretKey), signature)
  return sameText(signFourthVersion(policy, signingKeyOf(secretKey, scope)), signature)
}

const Text = z.string()
const Policy = z.object({
  expiration: Text,
  conditions: z.array(
    z.union([
      z.tuple([z.string().regex(/^content-length-range$/i), z.coerce.number(), z.coerce.number()]),
      z.tuple([z.string().regex(/^(?:eq|starts-with)$/i), z.string().startsWith('$'), Text]),
      z.record(z.string(), Text),
    ]),
  ),
})

/** What a policy allows for the size of the file, bytes. */
export interface SizeLimits {
  smallest: number
  largest: number
}

/** Fields that no condition needs to name. */
const FREE =
  /^(?:accesskeyid|awsaccesskeyid|signature|policy|token|file|bucket|x-ignore-.*|x-amz-signature|submit)$/

/**
 * Checks a form against its policy: the policy must not have expired, its conditions must hold, and they must name every field.
 * @param now the host's clock, ms since the epoch.
 * @throws CodedRefusal InvalidPolicyDocument, AccessDenied
 */
export function checkPolicy(policy: string, fields: FormFields, now: number): SizeLimits {
  const { data } = safeParse(Policy, jsonIn(Buffer.from(policy, 'base64').toString()))
  if (data === undefined) throw obsError('InvalidPolicyDocument', { why: 'the policy cannot be read' })
  const end = parseTime(data.expiration)
  if (end === undefined) throw obsError('InvalidPolicyDocument', { why: 'expiration is no time' })
  if (end < now) throw obsError('AccessDenied', { why: 'the policy has expired' })
  const limits = { smallest: 0, largest: Number.MAX_SAFE_INTEGER }
  const named = new Set<string>()
  const want = (field: string, wanted: string, asBeginning: boolean) => {
    const name = field.toLowerCase()
    named.add(name)
    const found = fields.get(name) ?? ''
    if (asBeginning ? found.startsWith(wanted) : found === wanted) return
    throw obsError('InvalidPolicyDocument', { why: `the condition on ${field} does not hold` })
  }
  for (const condition of data.conditions) {
    if (!Array.isArray(condition))
      for (const [name, wanted] of Object.entries(condition)) want(name, wanted, false)
    else if (typeof condition[1] === 'number') {
      limits.smallest = condition[1]
      limits.largest = Number(condition[2])
    } else want(condition[1].slice(1), String(condition[2]), condition[0].toLowerCase() === 'starts-with')
  }
  const extra = [...fields.keys()].find((name) => !named.has(name) && !FREE.test(name))
  if (extra !== undefined)
    throw obsError('InvalidPolicyDocument', { why: `no condition names the field ${extra}` })
  return limits
}
