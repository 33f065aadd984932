import { Command } from 'commander'
import { readScenario, shippedScenarios } from '../../simulation/scenario/load.ts'
import { unknownToRegistry } from '../../worlds/unknown-operations.ts'
import { asYaml } from '../as-yaml.ts'
import { readNamed } from '../read-named.ts'

/** `scenario list` and `scenario show`: what ships with the package, and what a scenario is with all that it extends. */
export function scenarioCommand(): Command {
  return new Command('scenario')
    .description('List the scenarios that ship with the package, or show one whole.')
    .addCommand(
      new Command('list')
        .description('Names and summaries of the shipped scenarios.')
        .option('--json', 'print them as JSON')
        .action(list),
    )
    .addCommand(
      new Command('show')
        .description('A scenario with all that it extends merged in, as YAML that can be loaded again.')
        .argument('<name|file>', 'a shipped name or a file; - reads standard input')
        .option('--json', 'print it as JSON')
        .action(show),
    )
}

interface Shown {
  json?: boolean
}

function list({ json }: Shown): void {
  const scenarios = shippedScenarios().map((name) => {
    const { summary } = readScenario(name).scenario
    return { name, summary }
  })
  const width = Math.max(...scenarios.map(({ name }) => name.length)) + 2
  const rows = scenarios.map(({ name, summary }) => `${name.padEnd(width)}${summary}`)
  process.stdout.write(`${json ? JSON.stringify(scenarios, null, 2) : rows.join('\n')}\n`)
}

async function show(nameOrFile: string, { json }: Shown): Promise<void> {
  const { written } = await readNamed(nameOrFile, unknownToRegistry)
  process.stdout.write(json ? `${JSON.stringify(written, null, 2)}\n` : asYaml(written))
}
