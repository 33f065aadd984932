import type { PyValue } from '../python/value.ts'
import { badRequest } from './refusals.ts'

/** What a database column of whole numbers holds. */
const LARGEST = 2_147_483_647

/** Refuses a size below 0 (400). */
export function checkNotNegative(name: string, value: PyValue | undefined): void {
  if (value === undefined || value === null || Number(value) >= 0) return
  throw badRequest(`Invalid value '${String(value)}' for parameter '${name}': Cannot be a negative value`)
}

/** Refuses a size that the database cannot keep (400). */
export function checkInRange(name: string, value: number): void {
  if (value > LARGEST) throw badRequest(`'${name}' value out of range, must not exceed ${LARGEST}.`)
}
