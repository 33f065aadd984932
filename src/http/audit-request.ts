import { getConnInfo } from '@hono/node-server/conninfo'
import { gatewayErrors } from '../accounts/gateway-errors.ts'
import type { AuditedCall, AuditedResource } from '../contract/audited-call.ts'
import type { RawRequest } from '../contract/operation.ts'
import { wroteIfRoom } from '../lib/host-errors.ts'
import { isRecord, jsonIn } from '../lib/json.ts'
import type { ServiceFacts } from '../services/service.ts'
import { namedResources, type Resource, type ResourceKind } from '../simulation/cloud.ts'
import { findJob } from '../simulation/queries/jobs.ts'
import type { TraceName } from '../simulation/trace-name.ts'
import type { World } from '../simulation/world.ts'
import type { JournalEntry, KeptBody } from '../worlds/journal-entry.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { namedAccessKey } from './authenticate.ts'
import type { ServerContext } from './body.ts'
import type { Received } from './record-request.ts'

/** A service that audits the calls of all services. */
export type Auditor = NonNullable<ServiceFacts['audit']>

/** The resource that a call names, looked up before the call runs, because a deletion removes it. */
export interface NamedBefore {
  /** The first resource of the request; undefined for a call that makes one. */
  id: string | undefined
  resource: Resource | undefined
  body: unknown
}

/** Looks up the resource that a request names. */
export function namedBefore(world: World, { params, body }: RawRequest): NamedBefore {
  const named = namedResources(world.cloud.resourceKinds, { params, body })
  const id = named?.ids[0]
  return { id, resource: id === undefined ? undefined : named?.kind.find(world, id), body }
}

/** Characters of the longest body that a trace keeps. A longer one is left out, because a cut one is no JSON. */
const LONGEST_BODY = 4096

/** The status of a call whose connection was closed before the answer was sent. */
const CUT_OFF = 499

/**
 * Tells the services that audit calls about one. The gateway stands before the services, so a call that it refused leaves no
 * trace, and neither does one without a caller.
 */
export function auditRequest(
  world: OpenWorld,
  context: ServerContext,
  received: Received,
  entry: Omit<JournalEntry, 'number'>,
  auditors: readonly Auditor[],
): void {
  const { caller, operation, named } = received
  const { status, code } = entry
  if (caller === undefined || operation?.trace === undefined || world.closed) return
  if (status === CUT_OFF || (code !== undefined && gatewayErrors.has(code))) return
  const trace = traceFor(operation.trace, named?.body)
  const answered = keptText(entry.answered)
  const token = context.req.header('x-auth-token') ?? ''
  const call: AuditedCall = {
    trace,
    operation: operation.id,
    caller,
    accessKey: token === '' ? namedAccessKey(context.req.header('authorization') ?? '') : undefined,
    path: entry.path,
    at: entry.at,
    requestId: entry.requestId,
    status,
    resource: status < 400 ? resourceAfter(world, trace, named, answered) : { id: named?.id },
    sent: keptText(entry.sent),
    answered,
    sourceIp: context.env?.incoming && getConnInfo(context).remote.address,
  }
  // A full disk must not turn an answer into a failure.
  wroteIfRoom(() => {
    for (const audit of auditors) audit(world, call)
  })
}

function traceFor(trace: TraceName, body: unknown): TraceName {
  const { unless } = trace
  return unless !== undefined && field(body, unless.field) === unless.value
    ? { ...trace, name: unless.name }
    : trace
}

/** The resource that a call named, or the one that its answer tells: by its id, or by the job that makes it. */
function resourceAfter(
  world: World,
  { serviceType }: TraceName,
  named: NamedBefore | undefined,
  answered: string | undefined,
): AuditedResource {
  const id = named?.id ?? madeBy(world, answered)
  if (id === undefined) return {}
  const ofService = ({ service }: ResourceKind) => service.toUpperCase() === serviceType
  const resource = world.cloud.resourceKinds.find(ofService)?.find(world, id) ?? named?.resource
  return {
    id,
    name: resource?.name ?? undefined,
    enterpriseProject: resource?.enterpriseProject,
  }
}

function madeBy({ db }: World, answered: string | undefined): string | undefined {
  const answer = answered === undefined ? undefined : jsonIn(answered)
  const id = field(answer, 'id')
  if (typeof id === 'string') return id
  const jobId = field(answer, 'job_id')
  return typeof jobId === 'string' ? (findJob(db, jobId)?.imageId ?? undefined) : undefined
}

function field(json: unknown, name: string): unknown {
  return isRecord(json) && Object.hasOwn(json, name) ? json[name] : undefined
}

/** The text of a body; undefined when it is none, long or secret. */
function keptText(body: KeptBody | undefined): string | undefined {
  if (body?.text === undefined || body.cut === true || body.text.length > LONGEST_BODY) return undefined
  return body.text
}
