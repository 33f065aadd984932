import { ControlFailure } from '../../client/control-client.ts'
import { connectWorld } from '../../client/emulator-client.ts'
import type { FlatFilter, JournalPage } from '../../client/journal-client.ts'
import type { WorldClient } from '../../client/world-client.ts'
import { wait } from '../../lib/time.ts'
import type { WorldFlags } from '../address.ts'
import { type Paint, paintTerminal, printJson, printLines, printNote, writeTo } from '../output.ts'
import { stopSignal } from '../process-end.ts'

interface ShowFlags extends WorldFlags {
  operation?: string
  method?: string
  path?: string
  status?: number
  code?: string
  project?: string
  rule?: string
  unsupported?: true
  limit: number | 'all'
  bodies?: boolean
  follow?: boolean
  har?: string
}

/** `journal show`: prints, follows or exports the requests. */
export async function show({ har, follow, ...flags }: ShowFlags): Promise<void> {
  const world = await connectWorld(flags.url, flags.world)
  if (har !== undefined) await exportHar(world, har)
  else if (follow) await followJournal(world, flags)
  else await showLatest(world, flags)
}

/** `journal clear`. */
export async function clear({ url, world, json }: WorldFlags): Promise<void> {
  await (await connectWorld(url, world)).journal.clear()
  if (json) printJson({ cleared: world })
  else printLines([`the journal of ${world} is empty`])
}

async function exportHar({ journal }: WorldClient, file: string): Promise<void> {
  const archive = await journal.har()
  writeTo(file, `${JSON.stringify(archive, null, 2)}\n`)
  if (file !== '-') printNote(`${archive.log.entries.length} requests written to ${file}`)
}

async function showLatest({ journal }: WorldClient, flags: ShowFlags): Promise<void> {
  const { limit, json } = flags
  const page = await journal.page({ ...filterOf(flags), ...(limit !== 'all' && { limit }) })
  if (json) return printJson(page)
  if (page.requests.length === 0)
    return printNote(page.total === 0 ? 'no requests so far' : `none of ${page.total} requests matches`)
  printRequests(page)
  if (page.requests.length === limit && page.total > limit)
    printNote(`these are the latest ${limit}; --limit all shows all that are recorded`)
}

function filterOf({ operation, method, path, status, code, project, rule, unsupported, bodies }: ShowFlags) {
  return {
    ...(operation !== undefined && { operation }),
    ...(method !== undefined && { method: method.toUpperCase() }),
    ...(path !== undefined && { path }),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(project !== undefined && { project_id: project }),
    ...(rule !== undefined && { rule }),
    ...(unsupported && { unsupported }),
    ...(bodies && { bodies }),
  } satisfies FlatFilter & { bodies?: boolean }
}

/** Real time between two polls, ms: short for a person who watches, and little load for the emulator. */
const POLL_INTERVAL = 250
/** Most requests from before the first poll that are shown, as a context for the new ones. */
const CONTEXT = 10

/** Prints requests as they come, until a signal asks to stop or the emulator ends. */
async function followJournal({ journal }: WorldClient, flags: ShowFlags): Promise<void> {
  const { url, json, limit } = flags
  const filter = filterOf(flags)
  const stopped = stopSignal().then(() => true)
  const context = limit === 'all' ? {} : { limit: Math.min(limit, CONTEXT) }
  let page = await journal.page({ ...filter, ...context })
  let last = 0
  for (;;) {
    if (json) printLines(page.requests.map((entry) => JSON.stringify(entry)))
    else printRequests(page)
    last = page.requests.at(-1)?.number ?? last
    const { total } = page
    if (await Promise.race([stopped, wait(POLL_INTERVAL).then(() => false)])) return
    try {
      page = await journal.page({ ...filter, after: last })
      // The journal was cleared, or the world was reset and numbers requests from 1 again: every request is new.
      if (page.total < total) page = await journal.page(filter)
    } catch (error) {
      if (!(error instanceof ControlFailure) || error.status !== undefined) throw error
      return printNote(`the emulator at ${url} has ended`)
    }
  }
}

type Entry = JournalPage['requests'][number]
type Body = Extract<Entry, { request: unknown }>['request']['body']

function printRequests({ requests }: JournalPage): void {
  printLines(requests.flatMap((entry) => requestLines(entry, paintTerminal)))
}

/**
 * Renders a request on one line: virtual time, status, method, path, operation, error code, real duration, applied rules. Fields
 * that the operation did not read, and what misspelt ones mean, follow as warnings, then the bodies when the entry has them.
 */
export function requestLines(entry: Entry, paint: Paint): string[] {
  const {
    time,
    status,
    method,
    host = '',
    path,
    operation,
    service,
    unsupported,
    code,
    duration_ms,
    rules,
    unread,
    meant = {},
    strict,
  } = entry
  const parts = [
    paint('dim', time),
    paint(styleOf(status), String(status)),
    method.padEnd(6),
    paint('bold', printable(host + path)),
    operation ?? paint('yellow', unsupported ? `not emulated (${printable(service)})` : 'no operation'),
    code === null ? '' : paint(styleOf(status), code),
    paint('dim', `${duration(duration_ms)} ms`),
    rules.length === 0 ? '' : paint('yellow', `[${rules.map(printable).join(', ')}]`),
  ]
  const warnings = [
    ...(unread.length === 0 ? [] : [`  not read: ${unread.map(printable).join(', ')}`]),
    ...Object.entries(meant).map(([field, value]) => `  ${printable(field)} means ${printable(value)}`),
    ...(strict === undefined ? [] : [`  a strict world refuses it: ${printable(strict)}`]),
  ]
  return [
    parts.filter((part) => part !== '').join('  '),
    ...warnings.map((line) => paint('yellow', line)),
    ...('request' in entry ? bodyLines(entry, paint) : []),
  ]
}

function bodyLines({ request, response }: Extract<Entry, { request: unknown }>, paint: Paint): string[] {
  return [...marked('>', request.body), ...marked('<', response.body)].map((line) => paint('dim', line))
}

function marked(mark: string, body: Body): string[] {
  if (body === null) return []
  return inWords(body)
    .split('\n')
    .map((line) => `  ${mark} ${printable(line)}`)
}

/** Renders a body, or the reason why the journal does not have it. */
function inWords({ text, size, omitted, cut, base64 }: NonNullable<Body>): string {
  const length = size === undefined ? 'of unknown length' : `${size} bytes`
  if (omitted !== undefined) return `(${length}, ${WHY_OMITTED[omitted]})`
  if (text === undefined) return base64 === undefined ? `(${length})` : `(${length}, not text)`
  return cut ? `${text} … (${length})` : text
}

const WHY_OMITTED = {
  secret: 'not recorded: it holds secrets',
  stream: 'not recorded: it was streamed',
  forgotten: 'dropped to make room',
} as const

/** Escapes control characters as JSON does, because a terminal would execute them. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function styleOf(status: number): 'green' | 'yellow' | 'red' {
  return status < 400 ? 'green' : status < 500 ? 'yellow' : 'red'
}

function duration(ms: number): string {
  return ms < 10 ? String(Number(ms.toFixed(1))) : String(Math.round(ms))
}
