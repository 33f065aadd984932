/**
 * Compares the contracts with the vendor's own definition of the image service, which a package on PyPI carries. Every difference is
 * listed with its reason in known-differences.json.
 *
 * usage: main.ts DEFINITION_FILE
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { openApiDocument } from '../../../src/contract/openapi.ts'
import { compileWildcard } from '../../../src/lib/wildcard.ts'
import { services } from '../../../src/services/index.ts'
import { differencesFrom, readOpenApi, readVendorDefinition } from './compare.ts'

const known = z
  .array(z.strictObject({ reason: z.string().min(1), differences: z.array(z.string()).min(1) }))
  .parse(JSON.parse(readFileSync(new URL('known-differences.json', import.meta.url), 'utf8')))

const vendor = readVendorDefinition(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))
const ours = readOpenApi(openApiDocument(services.huawei, { version: '0', url: 'http://127.0.0.1' }))
const found = differencesFrom(vendor, ours)
const patterns = known.flatMap(({ differences }) => differences)
const unknown = found.filter((line) => !patterns.some((pattern) => compileWildcard(pattern)(line)))
const gone = patterns.filter((pattern) => !found.some((line) => compileWildcard(pattern)(line)))
for (const line of unknown) console.log(`not ok ${line}`)
for (const pattern of gone) console.log(`note: this known difference is none any more: ${pattern}`)
const { size } = vendor.operations
console.log(`${size} operations compared, ${found.length} differences, ${unknown.length} without a reason`)
process.exitCode = unknown.length > 0 ? 1 : 0
