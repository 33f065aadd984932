import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { z } from 'zod'
import { SetupError } from '../lib/errors.ts'
import { jsonIn } from '../lib/json.ts'
import { safeParse } from '../lib/parse.ts'
import { isSecretName } from '../lib/secret-names.ts'
import { Instant } from '../lib/time.ts'
import { getTableColumns, getTableName } from './drizzle.ts'
import { shown } from './foreign-schema.ts'
import type { Db } from './open.ts'

type Columns<Table extends SQLiteTable> = Table['_']['columns']
type JsonColumn<Table extends SQLiteTable> = {
  [Name in keyof Columns<Table>]: Columns<Table>[Name]['_']['dataType'] extends 'json' ? Name : never
}[keyof Columns<Table>]

/** The form of each JSON column, and of any other column that has more of a form than its type. */
type Shapes<Table extends SQLiteTable> = {
  [Name in JsonColumn<Table>]: z.ZodType<Columns<Table>[Name]['_']['data']>
} & { [Name in Exclude<keyof Columns<Table>, JsonColumn<Table>>]?: z.ZodType }

/** The form of the rows of a table; its keys are the names of the columns in the database. */
type Row = z.ZodObject<Record<string, z.ZodType>>

const rows = new Map<string, Row>()

/**
 * Declares what the cells of a table look like, beside its definition. Type, NOT NULL and the values of an enum come from the
 * definition; a number is not negative, and one whose name ends in `_at` is a time.
 * @param shapes the form of each JSON column once it is parsed, and that of other columns as they are stored.
 * @example contents(keys, { grants: z.array(z.string()) })
 */
export function contents<Table extends SQLiteTable>(table: Table, shapes: Shapes<Table>): void {
  const own = new Map<string, z.ZodType>(Object.entries(shapes))
  const cells = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const form = own.get(name)
    const cell = column.dataType === 'json' ? jsonText(form ?? z.never()) : (form ?? plainCell(column))
    return [column.name, column.notNull ? cell : cell.nullable()] as const
  })
  rows.set(getTableName(table), z.object(Object.fromEntries(cells)))
}

/** Returns the form of the rows of a table, which is found by its name in the database; undefined for a table without a form. */
export function contentsOf(table: string): Row | undefined {
  return rows.get(table)
}

/** A text that holds JSON of a form. */
export function jsonText(form: z.ZodType): z.ZodType {
  return z
    .string('is no text')
    .transform((text, context): unknown => {
      const value = jsonIn(text)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: 'is no JSON' })
      return z.NEVER
    })
    .pipe(form)
}

/** Text as an id has it. Ids of the cloud's things may come from fixtures, so that more than UUIDs are ids. */
const Id = z.string().regex(/^\P{Cc}+$/u, 'is no id')

/** Names of columns that hold a word out of several. */
const CHOICE = /(?:^|_)(?:status|state|type|kind)$/

/** @throws Error for a column of a choice without an enum: a new one is not to be forgotten. */
function plainCell({ name, dataType, enumValues, primary }: SQLiteColumn): z.ZodType {
  if (dataType === 'boolean') return z.literal([0, 1])
  if (dataType === 'number') return name.endsWith('_at') ? Instant : z.int().min(0)
  if (enumValues !== undefined && enumValues.length > 0) return z.enum(enumValues)
  if (CHOICE.test(name)) throw new Error(`the column ${name} holds a choice: give its values or its form`)
  return primary || name.endsWith('_id') ? Id : z.string()
}

/**
 * Checks every cell of a database against what its table declares. The database may come from anyone; after
 * this check, code that reads it can trust the types of the columns.
 * @throws SetupError that names the table, the column and the row of the first cell of another form.
 */
export function checkContents({ $client: database }: Db): void {
  for (const [table, form] of rows) {
    for (const row of database.prepare(`SELECT rowid AS "${ROW_ID}", * FROM "${table}"`).iterate()) {
      const { error } = safeParse(form, row)
      if (error !== undefined) throw wrongCell(table, Object.entries(row ?? {}), error)
    }
  }
}

/** Not the name of a column. */
const ROW_ID = 'row id'

function wrongCell(table: string, row: readonly [string, unknown][], error: z.ZodError): SetupError {
  const [issue] = error.issues
  const [column = '', ...inner] = issue?.path.map(String) ?? []
  const cells = new Map(row)
  const found = isSecretName(column) ? 'a secret' : shownCell(cells.get(column))
  const place = inner.length === 0 ? '' : `, at ${inner.join('.')}`
  return new SetupError(
    `the column ${column} of its table ${table} holds ${found} in the row with the rowid ${cells.get(ROW_ID)}${place}: ${issue?.message ?? 'it has another form'}`,
  )
}

function shownCell(cell: unknown): string {
  if (cell === null || typeof cell === 'number') return String(cell).toUpperCase()
  return Buffer.isBuffer(cell) ? `a blob of ${cell.length} bytes` : shown(cell)
}

/** @throws SetupError that names the first place where an index, a constraint or a reference is broken. */
export function checkIntegrity({ $client: database }: Db): void {
  const state = String(database.pragma('integrity_check(1)', { simple: true }))
  if (state !== 'ok') throw new SetupError(`it is damaged: ${state.replace(/\s+/g, ' ')}`)
  const broken = z
    .array(z.object({ table: z.string(), rowid: z.number().nullable(), parent: z.string() }))
    .parse(database.pragma('foreign_key_check'))
  const [first] = broken
  if (first !== undefined)
    throw new SetupError(
      `the row with the rowid ${first.rowid} of its table ${first.table} refers to a row of ${first.parent} that is not there`,
    )
}
