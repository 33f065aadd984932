import { and, asc, desc, eq, gt, lt, lte, sql } from '../../database/drizzle.ts'
import type { Db } from '../../database/open.ts'
import { prepared } from '../../database/statements.ts'
import { type TraceRow, traces } from './tables.ts'

const insertQuery = prepared((db) =>
  db
    .insert(traces)
    .values({
      id: sql.placeholder('id'),
      projectId: sql.placeholder('projectId'),
      happenedAt: sql.placeholder('happenedAt'),
      service: sql.placeholder('service'),
      resource: sql.placeholder('resource'),
      name: sql.placeholder('name'),
      rating: sql.placeholder('rating'),
      resourceId: sql.placeholder('resourceId'),
      resourceName: sql.placeholder('resourceName'),
      enterpriseProjectId: sql.placeholder('enterpriseProjectId'),
      userId: sql.placeholder('userId'),
      userName: sql.placeholder('userName'),
      accessKey: sql.placeholder('accessKey'),
      detail: sql.placeholder('detail'),
    })
    .returning({ number: traces.number })
    .prepare(),
)

/** Writes a trace, and returns its number. */
export function insertTrace(db: Db, row: Omit<TraceRow, 'number'>): number {
  return insertQuery(db).get({ ...row }).number
}

const forgetQuery = prepared((db) =>
  db
    .delete(traces)
    .where(lte(traces.number, sql.placeholder('number')))
    .prepare(),
)

/** Deletes the traces up to a number. */
export function forgetTraces(db: Db, number: number): void {
  if (number > 0) forgetQuery(db).run({ number })
}

/** Exact values that traces must have; undefined for any. */
export type TraceFilter = {
  [Field in
    | 'id'
    | 'projectId'
    | 'service'
    | 'resource'
    | 'name'
    | 'rating'
    | 'resourceId'
    | 'resourceName'
    | 'enterpriseProjectId'
    | 'userName'
    | 'accessKey']?: NonNullable<TraceRow[Field]> | undefined
}

/** The times of traces in virtual ms, both exclusive, and the trace before which they came. */
export interface TraceRange {
  after: number
  before?: number | undefined
  /** The number of a trace. */
  below?: number | undefined
}

/** Lists the traces with these values in a range of time, the latest first. */
export function listTraceRows(
  db: Db,
  filter: TraceFilter,
  { after, before, below }: TraceRange,
  limit: number,
): TraceRow[] {
  return db
    .select()
    .from(traces)
    .where(
      and(
        ...conditionsOf(filter),
        gt(traces.happenedAt, after),
        before === undefined ? undefined : lt(traces.happenedAt, before),
        below === undefined ? undefined : lt(traces.number, below),
      ),
    )
    .orderBy(desc(traces.number))
    .limit(limit)
    .all()
}

function conditionsOf(filter: TraceFilter) {
  const { id, projectId, service, resource, name, rating, resourceId, resourceName } = filter
  const { enterpriseProjectId, userName, accessKey } = filter
  return [
    id === undefined ? undefined : eq(traces.id, id),
    projectId === undefined ? undefined : eq(traces.projectId, projectId),
    service === undefined ? undefined : eq(traces.service, service),
    resource === undefined ? undefined : eq(traces.resource, resource),
    name === undefined ? undefined : eq(traces.name, name),
    rating === undefined ? undefined : eq(traces.rating, rating),
    resourceId === undefined ? undefined : eq(traces.resourceId, resourceId),
    resourceName === undefined ? undefined : eq(traces.resourceName, resourceName),
    enterpriseProjectId === undefined ? undefined : eq(traces.enterpriseProjectId, enterpriseProjectId),
    userName === undefined ? undefined : eq(traces.userName, userName),
    accessKey === undefined ? undefined : eq(traces.accessKey, accessKey),
  ]
}

/** Finds a trace of a project by its id. */
export function findTraceRow(db: Db, projectId: string, id: string): TraceRow | undefined {
  return db
    .select()
    .from(traces)
    .where(and(eq(traces.id, id), eq(traces.projectId, projectId)))
    .get()
}

/** Lists the names of the users that left traces in a project since a virtual time in ms. */
export function userNamesIn(db: Db, projectId: string, after: number): string[] {
  return db
    .selectDistinct({ name: traces.userName })
    .from(traces)
    .where(and(eq(traces.projectId, projectId), gt(traces.happenedAt, after)))
    .orderBy(asc(traces.userName))
    .all()
    .map(({ name }) => name)
}
