import type { Caller } from '../../../accounts/caller.ts'
import type { Condition } from '../queries/image-list.ts'
import { type Filters, oneOf, single } from './list-filters.ts'

const MEMBER_STATUSES = ['pending', 'accepted', 'rejected'] as const

const GOLD: Condition = { imageType: 'gold' }
const MARKET: Condition = { imageType: 'market' }
const NOTHING: Condition = { anyOf: [] }

/** The caller's own private images, whether they are shared with others or not. */
export function ownImages(caller: Caller): Condition {
  return {
    allOf: [{ column: 'owner', is: 'eq', value: caller.projectId }, { not: GOLD }, { not: MARKET }],
  }
}

/**
 * Which images come into question at all, by catalogue (`__imagetype`), visibility and the state of a sharing
 * (images-list.md, "What is visible"). `otherwise` is the scope when the query names neither of the first two; images of
 * the market are in no default. A repeated parameter asks for both values at once.
 */
export function reach(
  caller: Caller,
  filters: Filters,
  otherwise: (sharedIn: Condition) => Condition,
): Condition {
  const types = filters.get('__imagetype') ?? []
  const visibilities = filters.get('visibility') ?? []
  const status = single(filters, 'member_status')
  const sharedOnly = types.includes('shared') || visibilities.includes('shared')
  const asked =
    sharedOnly && status !== undefined ? oneOf(MEMBER_STATUSES, 'member_status', status) : undefined
  const sharedIn: Condition = { memberOf: caller.projectId, status: asked ?? 'accepted' }
  if (types.length === 0 && visibilities.length === 0) return otherwise(sharedIn)

  const mine = ownImages(caller)
  const privateOnes: Condition = { allOf: [mine, { shared: false }] }
  const sharedOnes: Condition =
    asked === undefined ? { anyOf: [{ allOf: [mine, { shared: true }] }, sharedIn] } : sharedIn
  const byType: Readonly<Record<string, Condition>> = {
    gold: GOLD,
    market: MARKET,
    private: privateOnes,
    shared: sharedOnes,
  }
  // An image of the market is public too, but only whoever asks for the market sees it.
  const byVisibility: Readonly<Record<string, Condition>> = {
    public: types.includes('market') ? MARKET : GOLD,
    private: privateOnes,
    shared: sharedOnes,
  }
  return {
    allOf: [
      ...types.map((type) => byType[type] ?? NOTHING),
      ...visibilities.map((visibility) => byVisibility[visibility] ?? NOTHING),
    ],
  }
}

/** What a plain listing shows: public images, the caller's own, and those shared with it and accepted. */
export function everythingVisible(caller: Caller): (sharedIn: Condition) => Condition {
  return (sharedIn) => ({ anyOf: [GOLD, ownImages(caller), sharedIn] })
}
