import { writeFileSync } from 'node:fs'
import { packageFile } from '../src/lib/package-files.ts'
import { scenarioSchema } from './scenario-format/schema.ts'

// Writes scenarios/schema.json, the JSON Schema of the scenario format; the formatter is run on it afterwards.
writeFileSync(packageFile('scenarios/schema.json'), `${JSON.stringify(scenarioSchema(), null, 2)}\n`)
