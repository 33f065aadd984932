import type { Mismatch } from '../wire/compare.ts'
import type { Difference } from './two-servers.ts'

/** A difference on purpose: the reason, and the places of an answer that it is about. */
interface Explanation {
  reason: string
  holds(difference: Omit<Difference, 'step'>, place: Mismatch): boolean
}

const explanations: readonly Explanation[] = [
  {
    reason: 'Glance itself fails (500); ours says what is wrong with the request (400)',
    holds: ({ glance, ours }) =>
      glance.status === 500 &&
      ours.status === 400 &&
      JSON.stringify(ours.body).includes('Glance has no answer to'),
  },
  {
    reason:
      'Glance lists the stores that it reserves for itself until it is asked for /healthcheck; ours never does',
    holds: (_, { what, expected, actual }) =>
      what === 'header openstack-image-store-ids' &&
      expected === 'fs,os_glance_staging_store,os_glance_tasks_store' &&
      actual === 'fs',
  },
]

/** Why a place of a difference is on purpose; undefined for one that nothing explains. */
export function explanationOf(difference: Omit<Difference, 'step'>, place: Mismatch): string | undefined {
  return explanations.find(({ holds }) => holds(difference, place))?.reason
}
