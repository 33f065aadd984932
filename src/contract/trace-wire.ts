import { z } from 'zod'

/** How the cloud rates an answered call. */
export const TRACE_RATINGS = ['normal', 'warning', 'incident'] as const

/** The user of a trace. */
const TraceUserWire = z.strictObject({
  id: z.string(),
  name: z.string(),
  user_name: z.string(),
  domain: z.strictObject({ id: z.string(), name: z.string() }),
  account_id: z.string(),
  access_key_id: z.string().optional(),
  principal_urn: z.string(),
  /** Absent for an assumed agency. */
  principal_id: z.string().optional(),
  principal_is_root_user: z.enum(['true', 'false']),
  type: z.enum(['User', 'AssumedAgency']),
})

/**
 * A trace as the Cloud Trace Service shows it. It stands here for the control plane, whose clients load no service.
 * @see https://support.huaweicloud.com/intl/en-us/api-cts/cts_api_0311.html Querying Traces
 */
export const TraceWire = z.strictObject({
  trace_id: z.string(),
  trace_name: z.string(),
  trace_rating: z.enum(TRACE_RATINGS),
  trace_type: z.literal('ApiCall'),
  service_type: z.string(),
  resource_type: z.string(),
  resource_id: z.string().optional(),
  resource_name: z.string().optional(),
  enterprise_project_id: z.string().optional(),
  /** ms since the epoch. */
  time: z.int(),
  record_time: z.int(),
  user: TraceUserWire,
  /** Bodies as text; absent for none, for bytes, for long ones and for those with a secret. */
  request: z.string().optional(),
  response: z.string().optional(),
  /** The HTTP status, as text. */
  code: z.string(),
  api_version: z.string(),
  source_ip: z.string().optional(),
  request_id: z.string(),
  operation_id: z.string(),
  read_only: z.literal(false),
})
