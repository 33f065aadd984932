import { Command, InvalidArgumentError, Option } from 'commander'
import { connectWorld } from '../../client/emulator-client.ts'
import type { FlatFilter } from '../../client/journal-client.ts'
import type { WorldClient } from '../../client/world.ts'
import { type Asked, aboutWorld } from '../address.ts'
import { addDefaultCommand } from '../default-command.ts'
import { followJournal } from '../follow-journal.ts'
import { requestLines } from '../journal-lines.ts'
import { paintTerminal } from '../paint.ts'
import { printJson, printLines, remark } from '../print.ts'
import { writeTo } from '../write-to.ts'

interface Flags extends Asked {
  operation?: string
  method?: string
  path?: string
  status?: number
  code?: string
  project?: string
  rule?: string
  limit: number | 'all'
  bodies?: boolean
  follow?: boolean
  har?: string
}

/** `journal`: what was called, and what became of it. */
export function journalCommand(): Command {
  const command = new Command('journal').description(
    'Show, follow, export or clear the requests that a world was asked.',
  )
  return addDefaultCommand(command, showCommand())
    .addCommand(
      aboutWorld(new Command('clear'))
        .description('Forget the requests so far.')
        .action(async ({ url, world, json }: Asked) => {
          await (await connectWorld(url, world)).journal.clear()
          if (json) printJson({ cleared: world })
          else printLines([`the journal of ${world} is empty`])
        }),
    )
    .addHelpText(
      'after',
      '\nWithout a command it shows. Its flags: ims-emulator journal show --help\n\nExamples:\n  ims-emulator journal --follow\n  ims-emulator journal --status 403 --bodies',
    )
}

const FILTERS = [
  'operation',
  'method',
  'path',
  'status',
  'code',
  'project',
  'rule',
  'limit',
  'bodies',
  'follow',
]

function showCommand(): Command {
  return aboutWorld(new Command('show'))
    .description(
      'The latest requests, oldest first: virtual time, status, method, path, operation, code, real time it took, the rules that happened; and what was sent that nothing read.',
    )
    .option(
      '--operation <name>',
      'only this one, such as ListImages; it and the other texts may have * in it',
    )
    .option('--method <method>', 'only this one')
    .option('--path <path>', 'only this one, with its query')
    .addOption(new Option('--status <number>', 'only this one').argParser(statusNumber))
    .option('--code <code>', 'only this one, such as IMG.0015')
    .option('--project <id>', 'only of this one')
    .option('--rule <name>', 'only where it happened')
    .addOption(new Option('--limit <number|all>', 'the latest so many').default(100).argParser(limitNumber))
    .option('--bodies', 'with what was said')
    .option('--follow', 'go on as requests come, until Ctrl-C; with --json, a line of JSON for each')
    .addOption(
      new Option(
        '--har <file>',
        'write all that is remembered as an HTTP archive; - is standard output',
      ).conflicts(FILTERS),
    )
    .action(show)
}

async function show({ har, follow, ...flags }: Flags): Promise<void> {
  const world = await connectWorld(flags.url, flags.world)
  if (har !== undefined) await exportHar(world, har)
  else if (follow) await followJournal(world, { ...flags, filter: filterOf(flags) })
  else await showLatest(world, flags)
}

async function exportHar({ journal }: WorldClient, file: string): Promise<void> {
  const archive = await journal.har()
  writeTo(file, `${JSON.stringify(archive, null, 2)}\n`)
  if (file !== '-') remark(`${archive.log.entries.length} requests written to ${file}`)
}

async function showLatest({ journal }: WorldClient, flags: Flags): Promise<void> {
  const page = await journal.page({ ...filterOf(flags), ...limitOf(flags) })
  if (flags.json) return printJson(page)
  if (page.requests.length === 0)
    return remark(page.total === 0 ? 'no requests so far' : `none of ${page.total} requests is meant`)
  printLines(page.requests.flatMap((entry) => requestLines(entry, paintTerminal)))
  if (page.requests.length === flags.limit && page.total > flags.limit)
    remark(`these are the latest ${flags.limit}; --limit all shows all that are remembered`)
}

function filterOf({ operation, method, path, status, code, project, rule, bodies }: Flags) {
  return {
    ...(operation !== undefined && { operation }),
    ...(method !== undefined && { method: method.toUpperCase() }),
    ...(path !== undefined && { path }),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(project !== undefined && { project_id: project }),
    ...(rule !== undefined && { rule }),
    ...(bodies && { bodies }),
  } satisfies FlatFilter & { bodies?: boolean }
}

function limitOf({ limit }: Flags): { limit?: number } {
  return limit === 'all' ? {} : { limit }
}

function statusNumber(text: string): number {
  if (!/^[1-5]\d\d$/.test(text)) throw new InvalidArgumentError('Give a status such as 404.')
  return Number(text)
}

function limitNumber(text: string): number | 'all' {
  if (text === 'all') return text
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a number from 1 on, or all.')
  return Number(text)
}
