import type { AuditedCall } from '../../contract/audited-call.ts'
import type { World } from '../../simulation/world.ts'
import { forgetTraces, insertTrace } from './queries.ts'

/** A world keeps its latest traces, this many at most: they lie in the database, and a snapshot copies them. */
const MOST_TRACES = 5000

/** The version of an API as traces write it, by the beginning of its path: `2.0` for `/v2/…`, `2.1` for `/v2.1/…`. */
function apiVersion(path: string): string {
  const [, major = '1', minor = '0'] = /^(?:\/w\/[^/]+)?\/v(\d+)(?:\.(\d+))?\//.exec(path) ?? []
  return `${major}.${minor}`
}

/** How the cloud rates an answer; a failure of the service is an incident. */
function rating(status: number): 'normal' | 'warning' | 'incident' {
  if (status < 400) return 'normal'
  return status < 500 ? 'warning' : 'incident'
}

/**
 * Keeps the trace of a call, and forgets the oldest ones of many.
 * @param most how many traces a world keeps.
 */
export function recordTrace(
  { db, chance }: Pick<World, 'db' | 'chance'>,
  call: AuditedCall,
  most = MOST_TRACES,
): void {
  const { trace, caller, resource, at } = call
  const { userId, userName, projectId, domainId, domainName, agency } = caller
  db.transaction(() => {
    const number = insertTrace(db, {
      id: chance.timeUuid('trace', at),
      projectId,
      happenedAt: at,
      service: trace.serviceType,
      resource: trace.resourceType,
      name: trace.name,
      rating: rating(call.status),
      resourceId: resource.id ?? null,
      resourceName: resource.name ?? null,
      enterpriseProjectId: resource.enterpriseProject ?? null,
      userId,
      userName,
      accessKey: call.accessKey ?? null,
      detail: {
        operation: call.operation,
        status: call.status,
        apiVersion: apiVersion(call.path),
        requestId: call.requestId,
        domainId,
        domainName,
        ...(agency !== undefined && { agency }),
        ...(call.sourceIp !== undefined && { sourceIp: call.sourceIp }),
        ...(call.sent !== undefined && { request: call.sent }),
        ...(call.answered !== undefined && { response: call.answered }),
      },
    })
    forgetTraces(db, number - most)
  })
}
