import { asc, eq, sql } from '../../../database/drizzle.ts'
import type { Db } from '../../../database/open.ts'
import { type GlanceTaskRow, glanceTasks } from '../tables.ts'

export function findTask(db: Db, id: string): GlanceTaskRow | undefined {
  return db.select().from(glanceTasks).where(eq(glanceTasks.id, id)).get()
}

/** Every task, in the order they were made. */
export function allTasks(db: Db): GlanceTaskRow[] {
  return db.select().from(glanceTasks).orderBy(asc(sql`rowid`)).all()
}

export function tasksOfImage(db: Db, imageId: string): GlanceTaskRow[] {
  return db.select().from(glanceTasks).where(eq(glanceTasks.imageId, imageId)).orderBy(asc(sql`rowid`)).all()
}

export function insertTask(db: Db, row: GlanceTaskRow): void {
  db.insert(glanceTasks).values(row).run()
}

export function updateTask(db: Db, id: string, change: Partial<GlanceTaskRow>): void {
  db.update(glanceTasks).set(change).where(eq(glanceTasks.id, id)).run()
}
