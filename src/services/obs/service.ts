import { z } from 'zod'
import { refusalDescription } from '../../contract/openapi.ts'
import type { InjectedRefusal } from '../refusals.ts'
import { defineService, type Entry, type Visit } from '../service.ts'
import { headersOfAnswer, renderObsRefusal } from './answers.ts'
import { findBucket } from './buckets.ts'
import { corsHeaders } from './cors.ts'
import { obsError, obsErrors } from './errors.ts'
import { bucketFixtures } from './fixtures.ts'
import { bucketPartOperations } from './handlers/bucket-parts.ts'
import { bucketOperations } from './handlers/buckets.ts'
import { deleteObjects } from './handlers/delete-objects.ts'
import { postObject } from './handlers/form.ts'
import { listUploads } from './handlers/list-uploads.ts'
import { listOperations } from './handlers/lists.ts'
import { objectPartOperations } from './handlers/object-parts.ts'
import { objectOperations } from './handlers/objects.ts'
import { uploadOperations } from './handlers/uploads.ts'
import { identify } from './identity.ts'
import type { ObsVisit } from './obs-call.ts'
import { bucketKind, checkRight } from './rights.ts'
import { obsRouter } from './route.ts'
import { decodeChunks, isChunked } from './signature/chunks.ts'
import { declaredPayload } from './signature/fourth-version.ts'
import { type Address, addressOf, withoutServicePath } from './wire/address.ts'
import { promisedBy } from './wire/checksums.ts'
import { dialectHeader } from './wire/dialect.ts'
import { type Parameter, parseParameters } from './wire/query.ts'
import { isObsRequest, namedKey } from './wire/recognise.ts'

const operations = [
  ...bucketOperations,
  ...bucketPartOperations,
  ...listOperations,
  listUploads,
  deleteObjects,
  postObject,
  ...objectOperations,
  ...objectPartOperations,
  ...uploadOperations,
]
const route = obsRouter(operations)

/** The object service. Its clients know no path before the bucket, so it recognises its requests and routes them by itself. */
export const obs = defineService({
  id: 'obs',
  title: 'Object Storage Service',
  description: 'Buckets, from which images are imported and to which they are exported.',
  errors: obsErrors,
  refusals: {
    invalid: ({ path, message }) => obsError('InvalidArgument', { path, message }),
    denied: ({ action }) => obsError('AccessDenied', { action }),
    missingBody: () => obsError('BadRequest'),
    malformedBody: () => obsError('BadRequest'),
    method: (method, path, allow) => obsError('MethodNotAllowed', { method, path, allow }),
    path: (method, path) => obsError('InvalidURI', { method, path }),
    injected: ({ coded, status, text }: InjectedRefusal) =>
      coded ?? obsErrors.fail(status === 503 ? 'SlowDown' : 'InternalError', {}, { status, text }),
    fault: () => obsError('InternalError'),
    render: renderObsRefusal,
  },
  refusalSchema: refusalDescription('ObsRefusal', { 'application/xml': { schema: z.string() } }),
  operations: operations.map(({ declared }) => declared),
  resourceKinds: [bucketKind],
  fixtures: bucketFixtures,
  treatment: {
    requestId: (world) => world.nextRequestId().toUpperCase(),
    requestIdHeaders: (requestId, _own, request) => headersOfAnswer(requestId, request),
    // Policies of buckets and access control lists decide too; see rights.ts.
    checksRights: false,
  },
  recognise: (request) => (isObsRequest(request) ? { accessKey: namedKey(request) } : undefined),
  enter,
  find(method, target) {
    const { address, parameters } = parse(undefined, target)
    const routed = route({ method, address, parameters, copies: false })
    if ('allow' in routed) return routed.allow === '' ? undefined : routed
    return { operation: routed.operation.declared, params: paramsOf(address) }
  },
})

/** Finds caller and operation of a request, and checks the caller's rights before anything of the body is read. */
async function enter(visit: Visit): Promise<Entry> {
  const { world, method, headers, target, sentTarget } = visit
  const { address, parameters, query } = parse(headers.get('host') ?? undefined, target)
  if (method === 'OPTIONS') return { answer: { status: 200, headers: preflight(visit, address) } }
  const path = sentTarget.split('?', 1)[0] ?? ''
  const signed = { method, path, query, parameters, headers, hostBucket: address.hostBucket }
  const identified = identify(visit, signed)
  const { caller, dialect, chunks } = identified
  if (caller !== undefined) visit.identify(caller)
  const copies = dialectHeader(headers, dialect, 'copy-source') !== undefined
  const routed = route({ method, address, parameters, copies })
  if ('allow' in routed) throw obsError('MethodNotAllowed', { allow: routed.allow })
  const { declared } = routed.operation
  const asking = { caller, sourceIp: visit.sourceIp, userAgent: headers.get('user-agent') ?? undefined }
  // The keys of some calls about a bucket are in the body: they ask for their rights themselves.
  const ahead = declared.actions.filter(
    (action) => address.key !== undefined || !action.startsWith('obs:object:'),
  )
  for (const action of ahead) checkRight(world, asking, action, address)
  const trailers = new Map<string, string>()
  const payload = declaredPayload(signed)
  const reading = {
    signing: payload.startsWith('STREAMING-AWS4-') ? chunks : undefined,
    onTrailer: (name: string, value: string) => void trailers.set(name, value),
  }
  const visited: ObsVisit = {
    dialect,
    signed: identified.signed,
    promised: promisedBy(headers, trailers),
    headersForPage: headersForPage(visit, address),
    demand: (action, on, as = caller) => checkRight(world, { ...asking, caller: as }, action, on),
  }
  return {
    operation: routed.operation.bind(visited),
    params: paramsOf(address),
    caller,
    search: withoutSignature(parameters, routed.operation.part, declared.request.shape.query),
    ...(isChunked(payload) && { body: decodeChunks(visit.bytes, reading) }),
  }
}

/** Answers the question of a browser whether a page of another site may send a request. @throws CodedRefusal AccessForbidden */
function preflight({ world, headers }: Visit, { bucket }: Address): Record<string, string> {
  const found = bucket === undefined ? undefined : findBucket(world, bucket)
  if (found === undefined) throw obsError(bucket === undefined ? 'BadRequest' : 'NoSuchBucket', { bucket })
  const asked = (headers.get('access-control-request-headers') ?? '').toLowerCase().split(',')
  const allowed = corsHeaders(found, {
    origin: headers.get('origin') ?? '',
    method: headers.get('access-control-request-method') ?? '',
    headers: asked.map((name) => name.trim()).filter((name) => name !== ''),
  })
  if (allowed === undefined) throw obsError('AccessForbidden', { bucket })
  return { ...allowed, 'Content-Length': '0' }
}

/** The headers that let a page of another site read the answer to its request. */
function headersForPage({ world, method, headers }: Visit, { bucket }: Address): Record<string, string> {
  const origin = headers.get('origin')
  const found = bucket === undefined || origin === null ? undefined : findBucket(world, bucket)
  if (found === undefined || origin === null) return {}
  return corsHeaders(found, { origin, method, headers: [] }) ?? {}
}

function parse(host: string | undefined, target: string) {
  const [path = '', ...rest] = withoutServicePath(target).split('?')
  const query = rest.join('?')
  return { address: addressOf(host, path), query, parameters: parseParameters(query) }
}

function paramsOf({ bucket, key }: Address): Record<string, string> {
  return { ...(bucket !== undefined && { bucket }), ...(key !== undefined && { key }) }
}

/** Parameters of signatures, and one that SDKs add to name their call. */
const OF_SIGNATURES =
  /^(?:AccessKeyId|AWSAccessKeyId|Expires|Signature|X-Amz-.*|x-(?:obs|amz)-security-token|x-id)$/

/** The query without what says who asks, and without the part that the operation was found by, unless it reads its value. */
function withoutSignature(
  parameters: readonly Parameter[],
  part: string | undefined,
  declared: z.ZodObject | undefined,
): string {
  const isRead = (name: string) => declared !== undefined && Object.hasOwn(declared.shape, name)
  return new URLSearchParams(
    parameters
      .filter(({ name }) => !OF_SIGNATURES.test(name) && (name !== part || isRead(name)))
      .map(({ name, value = '' }): [string, string] => [name, value]),
  ).toString()
}
