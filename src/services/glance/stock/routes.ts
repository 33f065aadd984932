import type { Operation } from '../../../contract/operation.ts'

/** Where a path leads: to an operation, to a known path with another method, or nowhere. */
export type Route = { operation: Operation; params: Record<string, string> } | { allow: string } | undefined

/** Paths that know their one method and deny that they are there to all others. */
const SILENT: ReadonlySet<string> = new Set(['/v2/images/{image_id}/tasks', '/v2/info/usage'])

/** Makes a router of the operations: slashes count as one, one at the end never fits, HEAD is a method like all others. */
export function glanceRouter(operations: readonly Operation[]): (method: string, path: string) => Route {
  const patterns = [...Map.groupBy(operations, ({ path }) => path)].map(([path, own]) => ({
    path: patternOf(path),
    silent: SILENT.has(path),
    operations: own,
  }))
  return (method, path) => {
    const collapsed = path.replace(/\/+/g, '/')
    for (const { path: pattern, silent, operations: own } of patterns) {
      const match = pattern.exec(collapsed)
      if (match === null) continue
      const operation = own.find((candidate) => candidate.method === method)
      if (operation !== undefined) return { operation, params: { ...match.groups } }
      return silent ? undefined : { allow: own.map((known) => known.method).join(', ') }
    }
    return undefined
  }
}

function patternOf(path: string): RegExp {
  const below = path.replace(/^\/v2/, '').replace(/\./g, '\\.')
  return new RegExp(`^${below.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`, 's')
}
