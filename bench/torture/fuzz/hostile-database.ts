import Database from 'better-sqlite3'
import { z } from 'zod'
import type { Random } from '../random.ts'
import { parseJson } from './json.ts'
import { evilText, evilValue, mutate } from './mutate.ts'

const Names = z.array(z.string())
const Columns = z.array(z.object({ name: z.string(), type: z.string() }))

/**
 * Changes rows or the schema of a world file as an attacker would.
 * @param target a file of the user.
 * @returns what was changed.
 */
export function damageDatabase(file: string, random: Random, target: string): string {
  const database = new Database(file)
  try {
    database.pragma('foreign_keys = OFF')
    return random.pick(CHANGES)(database, random, target)
  } catch (error) {
    return `a change that SQLite refused (${error instanceof Error ? error.message : error})`
  } finally {
    database.close()
  }
}

type Change = (database: Database.Database, random: Random, target: string) => string

const CHANGES: readonly Change[] = [
  changeText,
  changeText,
  changeText,
  changeJson,
  changeJson,
  changeCell,
  changeCell,
  changeCell,
  (database, random, target) => {
    const path = random.pick([
      target,
      '../../canary.txt',
      '../../../canary.txt',
      '..',
      '.',
      '',
      '/etc/hostname',
    ])
    const { changes } = database.prepare('UPDATE images SET blob_id = ? WHERE blob_id IS NOT NULL').run(path)
    return `the blob id ${path} in ${changes} rows`
  },
  (database, random, target) => {
    database
      .prepare('UPDATE packed_blobs SET id = ?')
      .run(random.pick([target, '../../canary.txt', '..', '']))
    return 'a packed blob whose id is a path'
  },
  (database) => {
    database.exec('CREATE TRIGGER t AFTER UPDATE ON settings BEGIN DELETE FROM images; END')
    return 'a trigger'
  },
  (database) => {
    database.exec(
      'CREATE VIEW v AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c',
    )
    return 'a view'
  },
  (database) => {
    database.exec('CREATE TABLE unknown (a); ALTER TABLE images ADD COLUMN generated AS (id || id)')
    return 'an unknown table and a generated column'
  },
  (database, random) => {
    const table = random.pick(tablesOf(database))
    database.exec(`DROP TABLE "${table}"`)
    return `no table ${table}`
  },
  (database, random) => {
    const table = random.pick(tablesOf(database))
    database.exec(`DELETE FROM "${table}"`)
    return `an empty table ${table}`
  },
]

function tablesOf(database: Database.Database): string[] {
  return Names.parse(database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all())
}

function aColumn(database: Database.Database, random: Random): { table: string; column: string } {
  const table = random.pick(tablesOf(database))
  const columns = Columns.parse(
    database.prepare(`SELECT name, type FROM pragma_table_info('${table}')`).all(),
  )
  return { table, column: random.pick(columns).name }
}

function changeText(database: Database.Database, random: Random, target: string): string {
  const { table, column } = aColumn(database, random)
  const text = random.chance(0.3) ? target : evilText(random)
  const value = random.chance(0.2) ? random.pick([null, -1, 1e300, Buffer.from([0, 255]), 2 ** 52]) : text
  database.prepare(`UPDATE OR IGNORE "${table}" SET "${column}" = ?`).run(value)
  return `${table}.${column} = ${JSON.stringify(value).slice(0, 40)}`
}

/** Values that no column, or not the one that gets it, has. */
const ODD_CELLS = [
  null,
  '',
  'x',
  '{"a":1}',
  '["a",null]',
  '{"a":',
  '"a"',
  '[[[[1]]]]',
  -1,
  0.5,
  1e300,
  2 ** 52,
  -(2 ** 62),
]

/** Overwrites one cell. NOT NULL is put aside meanwhile, as another program may write a file without it. */
function changeCell(database: Database.Database, random: Random): string {
  const filled = tablesOf(database).filter(
    (table) => database.prepare(`SELECT 1 FROM "${table}" LIMIT 1`).get() !== undefined,
  )
  const table = random.pick(filled)
  const names = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table)
  const column = random.pick(Names.parse(names))
  const value = random.pick(ODD_CELLS)
  const rows = Number(database.prepare(`SELECT count(*) FROM "${table}"`).pluck().get())
  const path = database.name
  const sql = database.prepare('SELECT sql FROM sqlite_master WHERE name = ?').pluck().get(table)
  const withSchema = (change: (own: Database.Database) => void) => {
    const own = new Database(path)
    try {
      own.unsafeMode()
      own.pragma('foreign_keys = OFF')
      own.pragma('writable_schema = ON')
      change(own)
    } finally {
      own.close()
    }
  }
  withSchema((own) =>
    own.prepare("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = ?").run(table),
  )
  withSchema((own) =>
    own
      .prepare(
        `UPDATE OR IGNORE "${table}" SET "${column}" = ? WHERE rowid = (SELECT rowid FROM "${table}" ORDER BY rowid LIMIT 1 OFFSET ?)`,
      )
      .run(value, random.below(rows)),
  )
  withSchema((own) => own.prepare('UPDATE sqlite_master SET sql = ? WHERE name = ?').run(sql, table))
  return `the cell ${table}.${column} = ${JSON.stringify(value)}`
}

function changeJson(database: Database.Database, random: Random): string {
  const { table, column } = aColumn(database, random)
  const rows = database.prepare(`SELECT DISTINCT "${column}" FROM "${table}" LIMIT 200`).pluck().all()
  const texts = rows.filter((row) => typeof row === 'string').filter((row) => /^[[{"]/.test(row))
  if (texts.length === 0) return changeText(database, random, '{"a":1}')
  const text = random.pick(texts)
  const changed = JSON.stringify(mutate(random, parseJson(text) ?? evilValue(random)))
  database.prepare(`UPDATE OR IGNORE "${table}" SET "${column}" = ? WHERE "${column}" = ?`).run(changed, text)
  return `other JSON in ${table}.${column}`
}
