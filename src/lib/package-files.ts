import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/**
 * Returns the absolute path of a file that ships with the package; `path` is relative to the package root. The result is
 * the same from `src/` and from the built `dist/`.
 *
 * @example packageFile('scenarios/schema.json')
 */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

const PackageJson = z.object({ version: z.string() })

/** Reads the version in package.json. */
export function packageVersion(): string {
  return PackageJson.parse(JSON.parse(readFileSync(packageFile('package.json'), 'utf8'))).version
}
