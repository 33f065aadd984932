import { z } from 'zod'
import { contents } from '../../database/contents.ts'
import { index, integer, sqliteTable, text } from '../../database/drizzle.ts'

/** The parts of a trace that no query looks at. */
export const TraceDetail = z.strictObject({
  operation: z.string(),
  /** HTTP status of the answer. */
  status: z.int(),
  /** The version of the API that was called, e.g. `2.0`. */
  apiVersion: z.string(),
  requestId: z.string(),
  sourceIp: z.string().optional(),
  /** Bodies as text. */
  request: z.string().optional(),
  response: z.string().optional(),
  /** The account of the project. */
  domainId: z.string(),
  domainName: z.string(),
  /** The agency that the user had assumed. */
  agency: z.string().optional(),
})
export type TraceDetail = z.output<typeof TraceDetail>

/** What calls of the cloud left in the audit, oldest first. */
export const traces = sqliteTable(
  'traces',
  {
    /** Counted from 1 in the order of the answers; a number is never given twice. */
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    projectId: text('project_id').notNull(),
    /** Virtual time of the call, ms since the epoch. */
    happenedAt: integer('happened_at').notNull(),
    service: text().notNull(),
    resource: text().notNull(),
    name: text().notNull(),
    rating: text({ enum: ['normal', 'warning', 'incident'] }).notNull(),
    resourceId: text('resource_id'),
    resourceName: text('resource_name'),
    enterpriseProjectId: text('enterprise_project_id'),
    userId: text('user_id').notNull(),
    userName: text('user_name').notNull(),
    accessKey: text('access_key'),
    detail: text({ mode: 'json' }).$type<TraceDetail>().notNull(),
  },
  (table) => [index('traces_by_project').on(table.projectId, table.number)],
)
// A client writes the id of a resource into a path, so it can be any text.
contents(traces, { detail: TraceDetail, resourceId: z.string(), enterpriseProjectId: z.string() })

export type TraceRow = typeof traces.$inferSelect
