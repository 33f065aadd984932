import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/database/open.ts'
import { SetupError } from '../../src/lib/errors.ts'
import { scratchFolder } from '../emulator.ts'

test('a database that another version made is refused, with what to do', () => {
  using scratch = scratchFolder()
  const path = join(scratch.path, 'default.sqlite')
  const other = new Database(path)
  other.exec('CREATE TABLE images (something)')
  other.close()
  const open = () => openDatabase(path)
  expect(open).toThrow(SetupError)
  expect(open).toThrow(
    `${path} was made by another version, and cannot be brought to this one (table \`images\` already exists). Take the version that made it, or another --data folder.`,
  )
})
