// Checks what the schema of compose files cannot express: services that others wait for have a health check, and mounted files exist.
// usage: check-compose.mjs FILE
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'

const [, , file = ''] = process.argv
const { services } = parse(readFileSync(file, 'utf8'))
const mistakes = []

for (const [name, { depends_on: needs = {}, environment = {}, volumes = [] }] of Object.entries(services)) {
  for (const [needed, { condition }] of Object.entries(needs)) {
    if (services[needed] === undefined) mistakes.push(`${name} waits for ${needed}, which is no service`)
    else if (condition === 'service_healthy' && services[needed].healthcheck === undefined)
      mistakes.push(`${name} waits until ${needed} is healthy, which has no health check`)
  }
  const called = URL.parse(environment.IMS_URL ?? '')?.hostname
  if (called !== undefined && needs[called] === undefined)
    mistakes.push(`${name} calls ${called} and does not wait for it`)
  for (const volume of volumes) {
    const [source = ''] = volume.split(':')
    if (source.startsWith('./') && !source.includes('buckets') && !existsSync(join(dirname(file), source)))
      mistakes.push(`${name} mounts ${source}, which is not there`)
  }
}

if (mistakes.length > 0) throw new Error(`${file}: ${mistakes.join('; ')}`)
