import { z } from 'zod'

/** So many requests in so many ms. */
export interface Rate {
  requests: number
  per: number
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

/** Reads `200/s`, `30/m` or `1000/h`; undefined when it is no rate above zero. */
export function parseRequestRate(text: string): Rate | undefined {
  const [, count = '0', unit = ''] = /^(\d{1,9}) ?\/ ?([smh])$/.exec(text) ?? []
  const requests = Number(count)
  const per = UNITS[unit]
  return requests === 0 || per === undefined ? undefined : { requests, per }
}

/** How often the cloud may be asked, by everybody together or by each project. */
export const RequestQuota = z.strictObject({
  rate: z.string().transform((text, context): Rate => {
    const rate = parseRequestRate(text)
    if (rate !== undefined) return rate
    context.addIssue({
      code: 'custom',
      message: `${text} is no rate of requests; write 200/s, 30/m or 1000/h`,
    })
    return z.NEVER
  }),
  per: z.enum(['project', 'world']).default('project'),
})
export type RequestQuota = z.output<typeof RequestQuota>
