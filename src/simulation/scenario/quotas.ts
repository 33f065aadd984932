import { z } from 'zod'
import { safeParse } from '../../lib/parse.ts'

/** A rate of requests: this many in this many ms. */
export interface RequestRate {
  requests: number
  per: number
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

/**
 * Parses a rate of requests; returns undefined for any other text and for zero.
 * @example parseRequestRate('30/m') // { requests: 30, per: 60_000 }
 */
export function parseRequestRate(text: string): RequestRate | undefined {
  const [, count = '0', unit = ''] = /^(\d{1,9}) ?\/ ?([smh])$/.exec(text) ?? []
  const requests = Number(count)
  const per = UNITS[unit]
  return requests === 0 || per === undefined ? undefined : { requests, per }
}

/** Renders a rate as scenarios write it. */
export function formatRequestRate({ requests, per }: RequestRate): string {
  const unit = Object.keys(UNITS).find((name) => UNITS[name] === per)
  return `${requests}/${unit}`
}

const RequestRateText = z.string().transform((text, context): RequestRate => {
  const rate = parseRequestRate(text)
  if (rate !== undefined) return rate
  context.addIssue({
    code: 'custom',
    message: `${text} is no rate of requests; write 200/s, 30/m or 1000/h`,
  })
  return z.NEVER
})

/** The quota of requests, of all projects together or of each. */
const RequestQuota = z.strictObject({
  rate: RequestRateText.meta({
    description: "Requests per second, minute or hour of the world's time.",
    examples: ['30/m'],
  }),
  per: z
    .enum(['project', 'world'])
    .default('project')
    .meta({
      description:
        'The requests that are counted together: those of each `project` (the default), or those of the `world`.',
      examples: ['world'],
    }),
})
export type RequestQuota = z.output<typeof RequestQuota>

const Limit = z.int().nonnegative()

/** The limits of a project. */
const Limits = z.strictObject({
  private_images: Limit.meta({
    description: 'Private images of a project; beyond it IMG.0015.',
    examples: [3],
  }),
  tags_per_image: Limit.meta({ description: 'Tags of an image.', examples: [10] }),
  concurrent_creations: Limit.meta({
    description: 'Images that are being created at the same time; beyond it IMG.0060.',
    examples: [2],
  }),
  concurrent_imports: Limit.meta({
    description: 'Files that are being imported at the same time; beyond it IMG.0194.',
    examples: [1],
  }),
  concurrent_copies: Limit.meta({
    description: 'Copies within the region at the same time; beyond it IMG.0060.',
    examples: [1],
  }),
  concurrent_region_copies: Limit.meta({
    description: 'Copies into other regions at the same time; beyond it IMG.0149.',
    examples: [1],
  }),
  members_per_image: Limit.meta({ description: 'Projects that an image can be shared with.', examples: [5] }),
  members_per_whole_image: Limit.meta({
    description: 'Projects that a whole image can be shared with.',
    examples: [5],
  }),
  shared_images: Limit.meta({ description: 'Shared images that a project can accept.', examples: [0] }),
})
export type QuotaName = keyof z.output<typeof Limits>

/** The section `quotas`. */
export const QuotasSection = Limits.extend({
  projects: z
    .record(z.string(), Limits.partial())
    .default({})
    .meta({
      description: 'Limits of single projects in place of those above, by project id.',
      examples: [{ '0605767a9500d5ed2fb3c00a8e3a0d4c': { private_images: 1 } }],
    }),
  requests: RequestQuota.optional().meta({
    description:
      'The rate of requests; beyond it 429 with APIGW.0308 and `Retry-After`. No limit by default.',
    examples: [{ rate: '200/s', per: 'project' }],
  }),
})

/** The quota of requests as it is written, so that it can be kept among what a scenario writes. */
const WrittenRequestQuota = z.strictObject({
  rate: z.string().superRefine((text, context) => {
    const { error } = safeParse(RequestRateText, text)
    for (const { message } of error?.issues ?? []) context.addIssue({ code: 'custom', message })
  }),
  per: z.enum(['project', 'world']).optional(),
})

/** Limits that are changed at run time, of all projects and of single ones; null ends the quota of requests. */
export const QuotaChange = Limits.partial()
  .extend({
    projects: z.record(z.string(), Limits.partial()).optional(),
    requests: WrittenRequestQuota.nullable().optional(),
  })
  .refine(
    (change) => Object.keys(change).length > 0,
    'nothing is to be changed; send e.g. {"private_images": 3}',
  )
export type QuotaChange = z.output<typeof QuotaChange>
