import { writeFileSync } from 'node:fs'
import { packageFile } from '../src/lib/package-files.ts'
import { generatedPages, stalePages } from './docs/pages.ts'

// Writes the generated pages under docs/. With --check it only lists those that are stale, and fails when there are any.
if (process.argv.includes('--check')) {
  const stale = stalePages()
  for (const path of stale) process.stderr.write(`${path} is stale; run npm run docs\n`)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  for (const [path, content] of generatedPages()) writeFileSync(packageFile(path), content)
}
