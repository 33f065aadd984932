import { readFileSync } from 'node:fs'
import { flowsGantt, stateDiagram } from '../../src/cli/commands/machine.ts'
import { packageFile } from '../../src/lib/package-files.ts'
import type { PlacedOperation } from '../../src/services/compose.ts'
import { errorCatalogue } from '../../src/services/index.ts'
import { loadScenario, shippedScenarios } from '../../src/simulation/scenario/load.ts'
import { type FormatSection, reference } from '../scenario-format/reference.ts'

/** The page about scenarios: `text` is written by hand, with a mark in two braces for every part that is made here. */
export function scenariosPage(text: string, operations: readonly PlacedOperation[]): string {
  const standard = loadScenario('standard')
  const parts: Record<string, () => string> = {
    machine: () => stateDiagram(standard.machine),
    flows: () => flowsGantt(standard.flows),
    operations: () => operationLists(operations),
    codes: codeTable,
    shipped: () => shippedScenarios().map(shippedSection).join('\n'),
  }
  return text.replace(/\{\{([a-z]+)(?: ([^}]+))?\}\}\n/g, (_, name: string, path = '') => {
    const part = name === 'keys' ? keyTable(sectionAt(path)) : parts[name]?.()
    if (part === undefined) throw new Error(`the page about scenarios has no part ${name}`)
    return `${part}\n`
  })
}

function sectionAt(path: string): FormatSection {
  const section = reference.find((each) => each.path === path)
  if (section === undefined) throw new Error(`the reference has no section ${path}`)
  return section
}

function keyTable({ path, keys }: FormatSection): string {
  const rows = keys.map(({ key, says, example }) => {
    const shown = example === '' ? '' : `\`${example}\``
    return `| \`${key}\` | ${says} | ${shown} |`.replace(/ {2,}\|/g, ' |')
  })
  const where = path === '' || path === 'matcher' ? '' : ` of \`${path}\``
  return [`| key${where} | what | example |`, '| --- | --- | --- |', ...rows].join('\n')
}

const LISTED = ['ims', 'glance']

/** The ids that rules name, but for those of identity and enterprise projects, which coverage.md has. */
function operationLists(operations: readonly PlacedOperation[]): string {
  return LISTED.map((id) => {
    const ids = operations.filter(({ service }) => service.id === id).map(({ operation }) => operation.id)
    const named = [...new Set(ids)].filter((name) => !/Schemas$|InSafeMode$|V1$/.test(name)).sort()
    return `\`service:${id}\`: ${named.join(', ')}.`
  }).join('\n\n')
}

/** What users of the cloud meet, each of another kind. */
const SHOWN_CODES = [
  ...['IMG.0009', 'IMG.0015', 'IMG.0026', 'IMG.0057', 'IMG.0061', 'IMG.0069', 'IMG.0099', 'IMG.0144'],
  ...['IMG.0194', 'APIGW.0201', 'APIGW.0301', 'APIGW.0308', 'APIGW.0601'],
]

function codeTable(): string {
  const rows = SHOWN_CODES.map((code) => {
    const entry = errorCatalogue.get(code)
    return `| ${code} | ${entry?.status} | ${entry?.message} |`
  })
  return ['| code | status | text |', '| --- | --- | --- |', ...rows].join('\n')
}

/** The name, the summary, and the file as it is but for those two lines and the comments above them. */
function shippedSection(name: string): string {
  const { summary } = loadScenario(name)
  const lines = readFileSync(packageFile(`scenarios/${name}.yaml`), 'utf8')
    .trimEnd()
    .split('\n')
  const own = lines.filter((line) => !/^(#|scenario:|summary:)/.test(line))
  const shown =
    name === 'standard'
      ? 'What all others extend: [standard.yaml](../scenarios/standard.yaml).\n'
      : `\`\`\`yaml\n${own.join('\n')}\n\`\`\`\n`
  return `### ${name}\n\n${summary}\n\n${shown}`
}
