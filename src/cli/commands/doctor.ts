import { Command, Option } from 'commander'
import { type Asked, urlOption, worldOption } from '../address.ts'
import { checkEnvironment } from '../doctor/environment.ts'
import type { Finding } from '../doctor/finding.ts'
import { checkMachine } from '../doctor/machine.ts'
import { checkEmulator, type Reached } from '../doctor/reach.ts'
import { CLIENTS, type Client, snippetFor } from '../doctor/snippets.ts'
import { type Paint, paintTerminal } from '../paint.ts'
import { printJson, printLines } from '../print.ts'

interface Flags extends Asked {
  data?: string
  for?: Client
}

/** `doctor`: what is wrong with this set-up, and how to point each client here. */
export function doctorCommand(finish: (code: number) => void): Command {
  return new Command('doctor')
    .description('What is wrong with this set-up, and how to point each SDK here: 1 when something is wrong.')
    .addOption(urlOption())
    .addOption(worldOption())
    .addOption(new Option('--data <dir>', 'the folder that is to keep the state').env('IMS_DATA'))
    .addOption(new Option('--for <client>', 'only how to point this one here').choices(CLIENTS))
    .option('--json', 'print it as JSON')
    .action(async ({ url, world, data, json, for: client }: Flags) => {
      const { reached, findings } = await checkEmulator(url, world)
      if (client !== undefined) return printSnippet(client, reached, json)
      const all = [
        ...findings,
        ...checkEnvironment(process.env, reached),
        ...(await checkMachine({ data, url, running: findings.every(({ verdict }) => verdict !== 'wrong') })),
      ]
      if (json) printJson({ findings: all, clients: snippets(reached) })
      else printLines([...all.flatMap((finding) => findingLines(finding, paintTerminal)), ...guide(reached)])
      finish(all.some(({ verdict }) => verdict === 'wrong') ? 1 : 0)
    })
}

function printSnippet(client: Client, reached: Reached, json: boolean | undefined): void {
  const snippet = snippetFor(client, reached)
  if (json) printJson({ [client]: snippet })
  else printLines([snippet])
}

function snippets(reached: Reached): Record<string, string> {
  return Object.fromEntries(CLIENTS.map((client) => [client, snippetFor(client, reached)]))
}

const STYLES = { fine: 'green', note: 'yellow', wrong: 'red' } as const

/** What was found, and under it what to do. */
function findingLines({ verdict, about, found, advice }: Finding, paint: Paint): string[] {
  return [
    `${paint(STYLES[verdict], verdict.padEnd(5))}  ${about}: ${found}`,
    ...(advice === undefined ? [] : [`       ${advice}`]),
  ]
}

/** How to point each client here. */
function guide(reached: Reached): string[] {
  return CLIENTS.flatMap((client) => [
    '',
    paintTerminal('bold', `# ${client}`),
    ...snippetFor(client, reached).split('\n'),
  ])
}
