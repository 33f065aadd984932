import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'vitest'
import { contentsOf } from '../../src/database/contents.ts'

const src = fileURLToPath(new URL('../../src', import.meta.url))

/** Every table that the program defines. */
async function allTables(): Promise<SQLiteTable[]> {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?:^|\/)tables\.ts$/.test(path),
  )
  const modules = await Promise.all(files.map((path) => import(join(src, path))))
  return modules.flatMap((exports) => Object.values(exports).filter((value) => is(value, SQLiteTable)))
}

test('every table says what its cells look like, with every column', async () => {
  const tables = await allTables()
  expect(tables.length).toBeGreaterThan(20)
  for (const table of tables) {
    const columns = Object.values(getTableColumns(table)).map(({ name }) => name)
    expect([getTableName(table), Object.keys(contentsOf(getTableName(table))?.shape ?? {})]).toEqual([
      getTableName(table),
      columns,
    ])
  }
})

test('every column of JSON and of a choice has a form: cut JSON and an unknown word are refused', async () => {
  const accepting = (await allTables()).flatMap((table) => {
    const shape = contentsOf(getTableName(table))?.shape ?? {}
    return Object.values(getTableColumns(table)).flatMap(({ name, dataType, enumValues }) => {
      const odd =
        dataType === 'json'
          ? '{"cut":'
          : enumValues !== undefined && enumValues.length > 0
            ? 'odd'
            : undefined
      return odd !== undefined && shape[name]?.safeParse(odd).success !== false
        ? [`${getTableName(table)}.${name}`]
        : []
    })
  })
  expect(accepting).toEqual([])
})
