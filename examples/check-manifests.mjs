// Checks what the schemas of Kubernetes cannot express: a Service selects pods and a port of theirs, and named volumes exist.
// usage: check-manifests.mjs FILE
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { parseAllDocuments } from 'yaml'

const [, , file = ''] = process.argv
const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS())
const [deployment, service] = ['Deployment', 'Service'].map((kind) =>
  documents.find((each) => each.kind === kind),
)
const { selector, template } = deployment.spec
const mistakes = []

for (const wanted of [selector.matchLabels, service.spec.selector]) {
  if (!isDeepStrictEqual(wanted, template.metadata.labels))
    mistakes.push(`${JSON.stringify(wanted)} selects no pod`)
}
for (const { ports, volumeMounts, startupProbe, readinessProbe, livenessProbe } of template.spec.containers) {
  const probed = [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.port)
  for (const port of [...probed, ...service.spec.ports.map(({ targetPort }) => targetPort)]) {
    if (!ports.some(({ name }) => name === port)) mistakes.push(`there is no port ${port}`)
  }
  for (const mount of volumeMounts) {
    if (!template.spec.volumes.some(({ name }) => name === mount.name))
      mistakes.push(`there is no volume ${mount.name}`)
  }
}

if (mistakes.length > 0) throw new Error(`${file}: ${mistakes.join('; ')}`)
