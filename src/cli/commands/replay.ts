import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Difference } from '../../client/replay/compare.ts'
import { type Replayed, replay } from '../../client/replay/replay.ts'
import { Recording } from '../../control/contract/recording.ts'
import { SetupError } from '../../lib/errors.ts'
import { printJson, printLines } from '../output.ts'

interface Flags {
  against: string
  json?: boolean
}

/** `replay`. @returns the exit code: 0 when every answer is the same, else 1. */
export async function replayFile(file: string, { against, json }: Flags): Promise<number> {
  const played: Replayed[] = []
  for await (const each of replay(readRecording(file), against)) {
    played.push(each)
    if (!json) printLines(replayedLines(each, played.length))
  }
  const different = played.filter(({ differences }) => differences.length > 0).length
  const leftOut = played.filter((each) => each.leftOut !== undefined).length
  const counts = {
    requests: played.length,
    same: played.length - different - leftOut,
    different,
    left_out: leftOut,
  }
  if (json) printJson({ ...counts, played: played.map(asJson) })
  else
    printLines([
      `${counts.requests} requests: ${counts.same} the same, ${different} different, ${leftOut} left out`,
    ])
  return different === 0 ? 0 : 1
}

/** Reads what `record-scenario` wrote, YAML or JSON. @throws SetupError when the file cannot be read or is not a recording. */
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
    `${file} is not a recording (${issue?.path.join('.')}: ${issue?.message}); ims-emulator record-scenario writes one`,
  )
}

/** Renders a replayed request with its verdict, and each difference on a line of its own. */
function replayedLines({ request, differences, leftOut }: Replayed, number: number): string[] {
  const { method, path, answer } = request
  const verdict =
    leftOut !== undefined ? `left out: ${leftOut}` : differences.length > 0 ? 'DIFFERENT' : 'same'
  return [
    `${String(number).padStart(4)}  ${method} ${path}  ${answer.status}  ${verdict}`,
    ...differences.map((each) => `        ${differenceLine(each)}`),
  ]
}

function differenceLine({ place, recorded, now }: Difference): string {
  return `${place}: recorded ${inWords(recorded)}, now ${inWords(now)}`
}

function inWords(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

function asJson({ request: { method, path }, differences, leftOut }: Replayed, index: number) {
  return { number: index + 1, method, path, differences, ...(leftOut !== undefined && { left_out: leftOut }) }
}
