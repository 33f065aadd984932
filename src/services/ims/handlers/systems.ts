import type { Call } from '../../../contract/operation.ts'
import { type FoundSystem, findSystem, nearestSystem } from '../os-table.ts'

/**
 * Finds the system that a field of a request names, and tells the journal which one is meant when the table spells it otherwise.
 * The nearest one is told of a text that names none.
 * @param field its path in the request, such as `body.os_version`.
 */
export function readSystem(
  call: Pick<Call, 'world' | 'meant'>,
  field: string,
  text: string,
): FoundSystem | undefined {
  const { db } = call.world
  const found = findSystem(db, text)
  const meant = found?.version.osVersion ?? nearestSystem(db, text)
  if (meant !== undefined && meant !== text) call.meant(field, meant)
  return found
}
