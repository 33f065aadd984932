import { z } from 'zod'
import { rawBytes, sentAs } from '../../../contract/media-type.ts'
import {
  type ContractSpec,
  contract,
  type Method,
  type Responses,
  type TypedContract,
} from '../../../contract/operation.ts'

/** What a call is about. */
export type Level = 'service' | 'bucket' | 'object'

/** A call of the object service, with what it is routed by beside its method. */
export interface ObsContract<Request extends z.ZodObject, Replies extends Responses> {
  declared: TypedContract<Request, Replies>
  level: Level
  /** The parameter of the query that names a part of the bucket or the object: `acl`, `policy` … */
  part: string | undefined
}

interface ObsSpec<Query extends z.ZodRawShape, Replies extends Responses> {
  id: string
  method: Method
  part?: string
  /** Distinguishes calls of one method and path in the documentation. */
  note?: string
  summary: string
  actions: readonly string[]
  query?: Query
  responses: Replies
}

/** A body of XML. */
export const xml = sentAs('application/xml', z.string())
/** A body of JSON that is answered as it was stored. */
export const jsonText = sentAs('application/json', z.string())
export { rawBytes }

const BucketParams = z.object({ bucket: z.string() })
const ObjectParams = z.object({ bucket: z.string(), key: z.string() })

type WithQuery<Params extends z.ZodObject, Query extends z.ZodRawShape> = z.ZodObject<{
  params: Params
  query: z.ZodObject<Query>
}>

function declare<Params extends z.ZodObject, Query extends z.ZodRawShape, Replies extends Responses>(
  level: Level,
  path: string,
  params: Params,
  spec: ObsSpec<Query, Replies> & { query: Query },
): ObsContract<WithQuery<Params, Query>, Replies> {
  const { part, note, query, ...declared } = spec
  const suffix = part === undefined ? '' : `?${part}`
  const request = z.object({ params, query: z.object(query) })
  const whole: ContractSpec<WithQuery<Params, Query>, Replies> = {
    ...declared,
    path: `${path}${suffix}${note ?? ''}`,
    takes: spec.method === 'PUT' || spec.method === 'POST' ? 'bytes' : 'none',
    request,
  }
  return { declared: contract(whole), level, part }
}

/** Declares a call about the service. Signed clients send it to the root of the port; everybody reaches it below `/s/obs`. */
export function serviceCall<Replies extends Responses, Query extends z.ZodRawShape>(
  spec: ObsSpec<Query, Replies> & { query: Query },
) {
  return declare('service', '/s/obs/', z.object({}), spec)
}

/** Declares a call about a bucket. */
export function bucketCall<Replies extends Responses, Query extends z.ZodRawShape>(
  spec: ObsSpec<Query, Replies> & { query: Query },
) {
  return declare('bucket', '/s/obs/{bucket}', BucketParams, spec)
}

/** Declares a call about an object. */
export function objectCall<Replies extends Responses, Query extends z.ZodRawShape>(
  spec: ObsSpec<Query, Replies> & { query: Query },
) {
  return declare('object', '/s/obs/{bucket}/{key}', ObjectParams, spec)
}
