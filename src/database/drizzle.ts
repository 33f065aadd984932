import { createRequire } from 'node:module'

/**
 * Drizzle in its CommonJS build, which loads in 0.1 s. The ES build takes 0.8 s: for each of its hundred files, Node reads a
 * package.json with thousands of entries again (docs/decisions/0001-drizzle-through-commonjs.md).
 */
const require = createRequire(import.meta.url)
const orm: typeof import('drizzle-orm') = require('drizzle-orm')
const core: typeof import('drizzle-orm/sqlite-core') = require('drizzle-orm/sqlite-core')
const driver: typeof import('drizzle-orm/better-sqlite3') = require('drizzle-orm/better-sqlite3')
const migrator: typeof import('drizzle-orm/better-sqlite3/migrator') = require('drizzle-orm/better-sqlite3/migrator')

export const {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  getTableName,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  not,
  or,
  sql,
} = orm
export const { index, integer, primaryKey, sqliteTable, text } = core
export const { drizzle } = driver
export const { migrate } = migrator
