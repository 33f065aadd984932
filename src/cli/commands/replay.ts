import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { parse } from 'yaml'
import type { Difference } from '../../client/replay/compare.ts'
import { type Replayed, replay } from '../../client/replay/replay.ts'
import { Recording } from '../../control/recording-format.ts'
import { SetupError } from '../../lib/errors.ts'
import { urlOption } from '../address.ts'

interface Flags {
  against: string
  json?: boolean
}

/** `replay`: the requests of a recording once more, in a world of their own, and whether they are answered as then. */
export function replayCommand(finish: (code: number) => void): Command {
  return new Command('replay')
    .description('Play a recording again and compare: 0 when every answer is the same, 1 otherwise.')
    .argument('<file>', 'what record-scenario wrote')
    .addOption(urlOption('--against <url>'))
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      '\nIt is played in a new world, which is gone afterwards; each request at its own virtual time. Ids may differ as long as they\ndiffer alike everywhere. Files in buckets are not part of a recording: start the emulator with the same --buckets.',
    )
    .action(async (file: string, { against, json }: Flags) => {
      const played: Replayed[] = []
      for await (const each of replay(readRecording(file), against)) {
        played.push(each)
        if (!json) process.stdout.write(asLines(each, played.length))
      }
      const different = played.filter(({ differences }) => differences.length > 0).length
      const leftOut = played.filter((each) => each.leftOut !== undefined).length
      const counts = {
        requests: played.length,
        same: played.length - different - leftOut,
        different,
        leftOut,
      }
      process.stdout.write(json ? asJson(played, counts) : `${inWords(counts)}\n`)
      finish(different === 0 ? 0 : 1)
    })
}

interface Counts {
  requests: number
  same: number
  different: number
  leftOut: number
}

function inWords({ requests, same, different, leftOut }: Counts): string {
  return `${requests} requests: ${same} the same, ${different} different, ${leftOut} left out`
}

function readRecording(file: string): Recording {
  let content: unknown
  try {
    content = parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new SetupError(
      `cannot read ${file}: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    )
  }
  const result = Recording.safeParse(content)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new SetupError(
    `${file} is no recording (${issue?.path.join('.')}: ${issue?.message}); ims-emulator record-scenario writes one`,
  )
}

function asLines({ request, differences, leftOut }: Replayed, number: number): string {
  const { method, path, answer } = request
  const verdict =
    leftOut !== undefined ? `left out: ${leftOut}` : differences.length > 0 ? 'DIFFERENT' : 'same'
  const head = `${String(number).padStart(4)}  ${method} ${path}  ${answer.status}  ${verdict}\n`
  return head + differences.map((each) => `        ${asLine(each)}\n`).join('')
}

function asLine({ place, recorded, now }: Difference): string {
  return `${place}: recorded ${shown(recorded)}, now ${shown(now)}`
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

function asJson(played: readonly Replayed[], counts: Counts): string {
  const requests = played.map(({ request: { method, path }, differences, leftOut }, i) => {
    return { number: i + 1, method, path, differences, ...(leftOut !== undefined && { left_out: leftOut }) }
  })
  const { leftOut: left_out, ...others } = counts
  return `${JSON.stringify({ ...others, left_out, played: requests }, null, 2)}\n`
}
