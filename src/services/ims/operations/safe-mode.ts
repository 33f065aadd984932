import type { Operation } from '../../../contract/operation.ts'

/**
 * The twin under `/v2.1` that some calls have: the same fields, rules and answer under another name and path. The documents
 * describe no difference.
 */
export function inSafeMode(operation: Operation): Operation {
  return {
    ...operation,
    id: `${operation.id}InSafeMode`,
    path: operation.path.replace(/^\/v[12]\//, '/v2.1/'),
    summary: `${operation.summary} (safe mode)`,
  }
}
