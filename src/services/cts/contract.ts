import { z } from 'zod'
import { contract } from '../../contract/operation.ts'
import { TRACE_RATINGS, TraceWire } from '../../contract/trace-wire.ts'
import { orFail } from './errors.ts'

/*
 * Requests and replies of the Cloud Trace Service, version 3. The message of every rule is the CTS code that breaking it causes.
 */

const ProjectParams = z.object({ project_id: z.string() })

/** A time in ms since the epoch, which the documents write with 13 digits. */
const Millis = z
  .string(orFail('CTS.0300'))
  .regex(/^\d{13}$/, orFail('CTS.0300'))
  .transform(Number)
  .optional()

const Text = z.string(orFail('CTS.0300')).optional()

const MOST = 200

export const listTraces = contract({
  id: 'ListTraces',
  method: 'GET',
  path: '/v3/{project_id}/traces',
  summary: 'List what calls left in the audit, the latest first',
  actions: ['cts:trace:list'],
  request: z.object({
    params: ProjectParams,
    query: z.object({
      trace_type: z.enum(['system', 'data'], orFail('CTS.0300')).default('system'),
      limit: z
        .string(orFail('CTS.0300'))
        .regex(/^\d{1,9}$/, orFail('CTS.0300'))
        .transform(Number)
        .refine((limit) => limit >= 1 && limit <= MOST, orFail('CTS.0300'))
        .default(10),
      from: Millis,
      to: Millis,
      next: Text,
      tracker_name: Text,
      service_type: Text,
      resource_type: Text,
      resource_id: Text,
      resource_name: Text,
      trace_name: Text,
      trace_id: Text,
      trace_rating: z.enum(TRACE_RATINGS, orFail('CTS.0300')).optional(),
      user: Text,
      access_key_id: Text,
      enterprise_project_id: Text,
    }),
  }),
  responses: {
    200: z.strictObject({
      traces: z.array(TraceWire),
      meta_data: z.strictObject({
        count: z.int(),
        /** The id of the last trace, for `next`; null when none is left. */
        marker: z.string().nullable(),
      }),
    }),
  },
})

export const listOperations = contract({
  id: 'ListOperations',
  method: 'GET',
  path: '/v3/{project_id}/operations',
  summary: 'List the names of traces by service and type of resource',
  actions: ['cts:trace:list'],
  request: z.object({
    params: ProjectParams,
    query: z.object({ service_type: Text, resource_type: Text }),
  }),
  responses: {
    200: z.strictObject({
      operations: z.array(
        z.strictObject({
          service_type: z.string(),
          resource_type: z.string(),
          operation_list: z.array(z.string()),
        }),
      ),
    }),
  },
})

export const listTraceResources = contract({
  id: 'ListTraceResources',
  method: 'GET',
  path: '/v3/{domain_id}/resources',
  summary: 'List the types of resources that leave traces, by service',
  actions: ['cts:trace:list'],
  request: z.object({ params: z.object({ domain_id: z.string() }) }),
  responses: {
    200: z.strictObject({
      resources: z.array(z.strictObject({ service_type: z.string(), resource: z.array(z.string()) })),
    }),
  },
})

export const listUserResources = contract({
  id: 'ListUserResources',
  method: 'GET',
  path: '/v3/{project_id}/user-resources',
  summary: 'List the names of the users that left traces',
  actions: ['cts:trace:list'],
  request: z.object({ params: ProjectParams }),
  responses: { 200: z.strictObject({ users: z.array(z.strictObject({ name: z.string() })) }) },
})

const TrackerWire = z.strictObject({
  id: z.string(),
  create_time: z.int(),
  tracker_name: z.literal('system'),
  tracker_type: z.literal('system'),
  status: z.literal('enabled'),
  domain_id: z.string(),
  project_id: z.string(),
  is_support_validate: z.literal(false),
  is_support_trace_files_encryption: z.literal(false),
  is_organization_tracker: z.literal(false),
  lts: z.strictObject({
    is_lts_enabled: z.literal(false),
    log_group_name: z.string(),
    log_topic_name: z.string(),
  }),
  obs_info: z.strictObject({
    bucket_name: z.literal(''),
    file_prefix_name: z.literal(''),
    is_obs_created: z.literal(false),
    is_authorized_bucket: z.literal(false),
    bucket_lifecycle: z.literal(0),
  }),
})

/** Every project has the tracker of management traces, and no other. */
export const listTrackers = contract({
  id: 'ListTrackers',
  method: 'GET',
  path: '/v3/{project_id}/trackers',
  summary: 'List the trackers of the project',
  actions: ['cts:tracker:list'],
  request: z.object({
    params: ProjectParams,
    query: z.object({
      tracker_name: Text,
      tracker_type: z.enum(['system', 'data'], orFail('CTS.0300')).optional(),
    }),
  }),
  responses: { 200: z.strictObject({ trackers: z.array(TrackerWire) }) },
})

export const listQuotas = contract({
  id: 'ListQuotas',
  method: 'GET',
  path: '/v3/{project_id}/quotas',
  summary: 'List how many trackers the project has and may have',
  actions: ['cts:quota:get'],
  request: z.object({ params: ProjectParams }),
  responses: {
    200: z.strictObject({
      resources: z.array(z.strictObject({ type: z.string(), used: z.int(), quota: z.int() })),
    }),
  },
})
