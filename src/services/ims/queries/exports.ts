import { and, eq, inArray, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { jobs } from '../../../simulation/tables.ts'
import { JOB_TYPE } from '../job-types.ts'

const underWay = and(eq(jobs.type, JOB_TYPE.export), inArray(jobs.status, ['INIT', 'RUNNING']))

/** A field of the payload of an export; null in a payload that is no JSON, which only a foreign world has. */
function payloadField(name: string) {
  return sql<unknown>`CASE WHEN json_valid(${jobs.payload}) THEN json_extract(${jobs.payload}, ${`$.${name}`}) END`
}

/** The ids of the blobs that exports under way have made. */
export function blobsOfExports(db: Db): string[] {
  const rows = db
    .select({ blobId: payloadField('blobId') })
    .from(jobs)
    .where(underWay)
    .all()
  return rows.flatMap(({ blobId }) => (blobId === null ? [] : [String(blobId)]))
}

/** True while an export to an object is under way. */
export function isExportedTo(db: Db, bucket: string, key: string): boolean {
  const row = db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(underWay, eq(payloadField('bucket'), bucket), eq(payloadField('key'), key)))
    .get()
  return row !== undefined
}
