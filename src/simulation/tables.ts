import { index, integer, sql, sqliteTable, text } from '../database/drizzle.ts'

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
    /** Images that go the way of the job's own: the data disks of a whole image. */
    companions: text({ mode: 'json' }).$type<string[]>().notNull().default([]),
    /** The backup that the job makes: usable when it succeeds, gone when it fails. */
    backupId: text('backup_id'),
    /** What a job without an image of its own did, image by image. */
    results: text({ mode: 'json' }).$type<JobResult[]>(),
    /** What the job changes about who images are shared with, when it succeeds. */
    sharing: text({ mode: 'json' }).$type<MemberChange[]>(),
  },
  (table) => [
    index('jobs_by_project').on(table.projectId, table.status),
    index('jobs_by_image').on(table.imageId),
    index('jobs_by_parent').on(table.parentId),
    index('jobs_with_companions').on(table.status).where(sql`companions <> '[]'`),
  ],
)

/** What became of one image in a job on many. */
export interface JobResult {
  image_id: string
  project_id?: string
  status: 'success' | 'fail'
}

/** What a job does to the sharing of one image with one project. */
export type MemberChange = { imageId: string; projectId: string } & (
  | { to: 'shared'; limit: number }
  | { to: 'accepted' | 'rejected' | 'ended' }
)

/** What is going to happen: one row per step of a flow, removed when it has been applied. */
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

/** A file that the last step of a job moves from where it was staged to its place in a bucket, or removes. */
export interface StagedObject {
  staged: string
  bucket: string
  key: string
}

/** What one step does to its job and to the job's image; everything is optional. */
export interface StepEffect {
  job?: 'INIT' | 'RUNNING' | 'SUCCESS' | 'FAIL'
  /** Per cent. */
  progress?: number
  /** Events of the image state machine, in order. */
  image?: string[]
  /** IMG code of a FAIL. */
  error?: string
  deliver?: StagedObject
}

export type JobRow = typeof jobs.$inferSelect

export type StepRow = typeof steps.$inferSelect
