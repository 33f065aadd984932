import { readScenario, shippedScenarios } from '../../simulation/scenario/load.ts'
import { checkNames } from '../../worlds/known-names.ts'
import { asYaml, inColumns, printJson, printLines } from '../output.ts'
import { readNamed } from '../scenario-input.ts'

interface Flags {
  json?: boolean
}

/** `scenario list`. */
export function list({ json }: Flags): void {
  const scenarios = shippedScenarios().map((name) => {
    const { summary } = readScenario(name).scenario
    return { name, summary }
  })
  if (json) printJson(scenarios)
  else printLines(inColumns(scenarios.map(({ name, summary }) => [name, summary])))
}

/** `scenario show`. */
export async function show(nameOrFile: string, { json }: Flags): Promise<void> {
  const { written } = await readNamed(nameOrFile, checkNames)
  if (json) printJson(written)
  else process.stdout.write(asYaml(written))
}
