import { readFileSync } from 'node:fs'
import { parseDocument, visit } from 'yaml'
import { flowsGantt, stateDiagram } from '../../src/cli/commands/machine.ts'
import { packageFile } from '../../src/lib/package-files.ts'
import type { PlacedOperation } from '../../src/services/compose.ts'
import { errorCatalogue } from '../../src/services/index.ts'
import { type FormatKey, formatSections } from '../../src/simulation/scenario/format.ts'
import { loadScenario, shippedScenarios } from '../../src/simulation/scenario/load.ts'
import { Scenario } from '../../src/simulation/scenario/schema.ts'

/**
 * Renders the page about scenarios. `text` is written by hand and has a mark in double braces for every generated part:
 * `{{keys rules[].when}}` is the table of the keys at that path of the format, `{{keys PATH as NAME}}` shows NAME as the path.
 */
export function scenariosPage(text: string, operations: readonly PlacedOperation[]): string {
  const standard = loadScenario('standard')
  const parts: Record<string, () => string> = {
    machine: () => stateDiagram(standard.machine),
    flows: () => flowsGantt(standard.flows),
    operations: () => operationLists(operations),
    codes: codeTable,
    shipped: () => shippedScenarios().map(shippedSection).join('\n'),
  }
  return text.replace(
    /\{\{([a-z]+)(?: ([^}]+?))?(?: as ([^}]+))?\}\}\n/g,
    (_, name: string, path = '', title = path) => {
      const part = name === 'keys' ? keyTable(path, title) : parts[name]?.()
      if (part === undefined) throw new Error(`the page about scenarios has no part ${name}`)
      return `${part}\n`
    },
  )
}

/** The keys at a path of the format. If the path accepts several kinds of map, a key of two kinds is listed once. */
function keysOf(path: string): FormatKey[] {
  const keys = formatSections(Scenario).flatMap((section) => (section.path === path ? section.keys : []))
  if (keys.length === 0) throw new Error(`the scenario format has no map at ${path}`)
  return keys.filter(({ key }, i) => keys.findIndex((other) => other.key === key) === i)
}

function keyTable(path: string, title: string): string {
  const rows = keysOf(path).map(({ key, description, examples: [example] }) => {
    return `| \`${key}\` | ${description} | \`${inlineYaml(key, example)}\` |`
  })
  const heading = title === '' ? 'key' : title === path ? `key of \`${path}\`` : `key of ${title}`
  return [`| ${heading} | meaning | example |`, '| --- | --- | --- |', ...rows].join('\n')
}

/** Renders a key with its value as YAML on one line. */
export function inlineYaml(key: string, value: unknown): string {
  const document = parseDocument(JSON.stringify({ [key]: value }))
  visit(document, {
    Collection: (_, node) => {
      node.flow = node !== document.contents
    },
    Scalar: (_, node) => {
      node.type = 'PLAIN'
    },
  })
  return document
    .toString({ lineWidth: 0, singleQuote: true })
    .trimEnd()
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']')
}

const LISTED = ['ims', 'glance']

/** Lists the operations of the image services; coverage.md has those of identity and enterprise projects. */
function operationLists(operations: readonly PlacedOperation[]): string {
  return LISTED.map((id) => {
    const ids = operations.filter(({ service }) => service.id === id).map(({ operation }) => operation.id)
    const named = [...new Set(ids)].filter((name) => !/Schemas$|InSafeMode$|V1$/.test(name)).sort()
    return `\`service:${id}\`: ${named.join(', ')}.`
  }).join('\n\n')
}

/** Frequent error codes, one of each kind. */
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

/** Renders a shipped scenario: its name, its summary, and the rest of its file. */
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
