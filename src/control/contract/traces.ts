import { z } from 'zod'
import { contract } from '../../contract/operation.ts'
import { TRACE_RATINGS, TraceWire } from '../../contract/trace-wire.ts'

const Text = z.string().min(1).optional()

const TraceQuery = z.strictObject({
  /** Exact values; letter case counts. */
  name: Text,
  service_type: Text,
  resource_type: Text,
  resource_id: Text,
  resource_name: Text,
  user: Text,
  project_id: Text,
  rating: z.enum(TRACE_RATINGS, 'a rating is normal, warning or incident').optional(),
  /** Only the latest traces, this many at most. */
  limit: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'a limit is a number from 1 on')
    .transform(Number)
    .optional(),
})

export const showTraces = contract({
  id: 'ControlShowTraces',
  method: 'GET',
  path: '/_ims/traces',
  summary:
    'What calls of all projects left in the audit in the last seven days of virtual time, oldest first; the form is that of the Cloud Trace Service',
  request: z.object({ query: TraceQuery }),
  responses: {
    200: z.strictObject({ traces: z.array(TraceWire.extend({ project_id: z.string() })) }),
  },
})
