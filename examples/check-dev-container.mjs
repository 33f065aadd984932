// Checks that the service, the folder and the ports of a dev container are in its compose file.
// usage: check-dev-container.mjs FOLDER
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const [, , folder = ''] = process.argv
const container = JSON.parse(readFileSync(join(folder, 'devcontainer.json'), 'utf8'))
const { services } = parse(readFileSync(join(folder, container.dockerComposeFile), 'utf8'))
const mistakes = []

const workspace = services[container.service]
if (workspace === undefined) mistakes.push(`there is no service ${container.service}`)
const mounted = (workspace?.volumes ?? []).map((volume) => volume.split(':')[1])
if (!mounted.includes(container.workspaceFolder))
  mistakes.push(`nothing is mounted at ${container.workspaceFolder}`)
for (const port of [...container.forwardPorts, ...Object.keys(container.portsAttributes)]) {
  if (services[port.split(':')[0]] === undefined) mistakes.push(`${port} is no port of a service`)
}

if (mistakes.length > 0) throw new Error(`${folder}: ${mistakes.join('; ')}`)
