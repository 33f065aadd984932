import { and, eq } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { type ObjectRow, objects } from '../tables.ts'

/** Changes fields of an object of the world. */
export function updateObjectRow(
  db: Db,
  { bucket, key }: Pick<ObjectRow, 'bucket' | 'key'>,
  fields: Partial<Omit<ObjectRow, 'bucket' | 'key'>>,
): void {
  db.update(objects)
    .set(fields)
    .where(and(eq(objects.bucket, bucket), eq(objects.key, key)))
    .run()
}
