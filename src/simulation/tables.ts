import { z } from 'zod'
import { contents } from '../database/contents.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../database/drizzle.ts'

/** Per cent. */
const Percent = z.number().min(0).max(100)

export const jobs = sqliteTable(
  'jobs',
  {
    id: text().primaryKey(),
    projectId: text('project_id').notNull(),
    type: text().notNull(),
    /** The flow of the scenario that it follows; `parts` for a job that follows its parts. */
    flow: text().notNull(),
    status: text({ enum: ['INIT', 'RUNNING', 'SUCCESS', 'FAIL'] }).notNull(),
    beginAt: integer('begin_at').notNull(),
    endAt: integer('end_at'),
    errorCode: text('error_code'),
    failReason: text('fail_reason'),
    /** Per cent, 0 to 100. */
    progress: integer().notNull(),
    imageId: text('image_id'),
    imageName: text('image_name'),
    /** The job that this one is a part of. It ends when all its parts have ended. */
    parentId: text('parent_id'),
    /** Data of the job kind, in the form that the kind declares; null for kinds without any. */
    payload: text({ mode: 'json' }).$type<unknown>(),
  },
  (table) => [
    index('jobs_by_project').on(table.projectId, table.status),
    index('jobs_by_image').on(table.imageId),
    index('jobs_by_parent').on(table.parentId),
  ],
)
contents(jobs, {
  id: z.string().regex(/^[0-9a-f]{32}$/),
  type: z.string().min(1),
  progress: Percent,
  payload: z.unknown(),
})

/**
 * Further resources that a job works on beside its own image: the images of the data disks that come with a whole image.
 */
export const jobResources = sqliteTable(
  'job_resources',
  {
    jobId: text('job_id').notNull(),
    resourceId: text('resource_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.resourceId] }),
    index('job_resources_by_resource').on(table.resourceId),
  ],
)
contents(jobResources, {})

/** What one step does to its job and to the resources of the job; everything is optional. */
export const StepEffect = z.object({
  job: z.enum(['INIT', 'RUNNING', 'SUCCESS', 'FAIL']).optional(),
  progress: Percent.optional(),
  /** Events of the image state machine, in order. */
  image: z.array(z.string()).optional(),
  /** Error code of a FAIL. */
  error: z.string().optional(),
})
export type StepEffect = z.output<typeof StepEffect>

/** The planned steps of jobs: one row per step of a flow, deleted when it has been applied. */
export const steps = sqliteTable(
  'steps',
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    dueAt: integer('due_at').notNull(),
    jobId: text('job_id').notNull(),
    effect: text({ mode: 'json' }).$type<StepEffect>().notNull(),
  },
  (table) => [index('steps_by_due').on(table.dueAt, table.seq), index('steps_by_job').on(table.jobId)],
)
contents(steps, { effect: StepEffect })

export type JobRow = typeof jobs.$inferSelect

export type StepRow = typeof steps.$inferSelect
