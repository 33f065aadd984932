// Fails when the tables differ from the migrations, so that `npm run migration` would write a new one.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

const folder = mkdtempSync('.tmp-migrations-')
try {
  cpSync('src/database/migrations', folder, { recursive: true })
  const before = readdirSync(folder).length
  const args = [
    'generate',
    '--dialect',
    'sqlite',
    '--schema',
    './src/**/tables.ts',
    '--out',
    `./${relative('.', folder)}`,
  ]
  const { status, stdout, stderr } = spawnSync(join('node_modules', '.bin', 'drizzle-kit'), args, {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stdout + stderr)
  if (readdirSync(folder).length !== before) {
    process.stderr.write(
      'the tables have changed; write a migration with: npm run migration -- --name <what>\n',
    )
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
