import type { WorldFlags } from '../address.ts'
import { checkEmulator, type Reached } from '../doctor/emulator.ts'
import { checkEnvironment, checkMachine, type Finding } from '../doctor/machine.ts'
import { type Client, clientsFor, snippetFor } from '../doctor/snippets.ts'
import { type Paint, paintTerminal, printJson, printLines } from '../output.ts'

interface Flags extends WorldFlags {
  data?: string
  for?: Client
}

/** `doctor`. @returns the exit code: 1 when a finding is wrong, else 0. */
export async function examine({ url, world, data, json, for: client }: Flags): Promise<number> {
  const { reached, findings } = await checkEmulator(url, world)
  if (client !== undefined) {
    printSnippet(client, reached, json)
    return 0
  }
  const all = [
    ...findings,
    ...checkEnvironment(process.env, reached),
    ...(await checkMachine({ data, url, running: !findings.some(isWrong) })),
  ]
  if (json) printJson({ findings: all, clients: snippets(reached) })
  else printLines([...all.flatMap((finding) => findingLines(finding, paintTerminal)), ...guide(reached)])
  return all.some(isWrong) ? 1 : 0
}

function isWrong({ verdict }: Finding): boolean {
  return verdict === 'wrong'
}

function printSnippet(client: Client, reached: Reached, json: boolean | undefined): void {
  const snippet = snippetFor(client, reached)
  if (json) printJson({ [client]: snippet })
  else printLines([snippet])
}

function snippets(reached: Reached): Record<string, string> {
  return Object.fromEntries(clientsFor(reached).map((client) => [client, snippetFor(client, reached)]))
}

const STYLES = { fine: 'green', note: 'yellow', wrong: 'red' } as const

/** Renders a finding, and the advice below it. */
function findingLines({ verdict, about, found, advice }: Finding, paint: Paint): string[] {
  return [
    `${paint(STYLES[verdict], verdict.padEnd(5))}  ${about}: ${found}`,
    ...(advice === undefined ? [] : [`       ${advice}`]),
  ]
}

/** Renders how to point each client at the emulator. */
function guide(reached: Reached): string[] {
  return [
    ...clientsFor(reached).flatMap((client) => [
      '',
      paintTerminal('bold', `# ${client}`),
      ...snippetFor(client, reached).split('\n'),
    ]),
    '',
    paintTerminal('bold', "# any of them, unchanged, under the cloud's own addresses"),
    'ims-emulator run -- COMMAND',
  ]
}
