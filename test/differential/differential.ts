import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { startEmulator } from '../../src/index.ts'
import { Tokens } from '../wire/context.ts'
import { type Json, RecordedRequest } from '../wire/recording.ts'
import { hasGlance, startGlance } from './glance.ts'
import { type Finding, searchDifferences } from './search.ts'
import { type Difference, openBoth, type TwoServers } from './two-servers.ts'

const USAGE = `usage: npm run differential -- [--seed N] [--steps M] [--length L] [--python PATH] [--script FILE] [--optional]
Sends the same random requests to a real Glance and to \`--glance stock\`, at the same virtual times, and reports each kind of difference
with the shortest script that shows it. The exit code is 1 when there are any.
  --seed N       the first seed (default: 1)
  --steps M      end after this many requests to each (default: 1000)
  --length L     longest script (default: 30 requests, after those that create images)
  --python PATH  a Python with Glance (default: python3, then /usr/bin/python3, where Debian's python3-glance is)
  --script FILE  send this script, as a report wrote it, instead of random ones
  --optional     end well where there is no Glance`

/** Where scripts and the log of Glance are written. */
const REPORTS = '.tmp/differential'
/** Longest value that is printed, in characters. */
const LONGEST_VALUE = 400

const ImageSchema = z.object({ properties: z.record(z.string(), z.record(z.string(), z.json())) })

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '1000' },
    length: { type: 'string', default: '30' },
    python: { type: 'string' },
    script: { type: 'string' },
    optional: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(USAGE)
else {
  const pythons = values.python === undefined ? ['python3', '/usr/bin/python3'] : [values.python]
  const python = pythons.find(hasGlance)
  if (python === undefined) {
    console.log(
      `left out: no Glance in ${pythons.join(' or ')}. Debian has it: apt-get install --no-install-recommends python3-glance`,
    )
    process.exitCode = values.optional ? 0 : 2
  } else process.exitCode = (await compareWith(python)) ? 0 : 1
}

/** Starts both servers and compares them. Returns false when they differ. */
async function compareWith(python: string): Promise<boolean> {
  const emulator = await startEmulator({
    glance: 'stock',
    scenario: fileURLToPath(new URL('scenario.yaml', import.meta.url)),
  })
  const tokens = Tokens.parse(
    JSON.parse(readFileSync(new URL('../wire/tokens.json', import.meta.url), 'utf8')),
  )
  await using glance = await startGlance(python, await extraProperties(emulator.url, tokens))
  const both = openBoth(glance.url, emulator, tokens)
  mkdirSync(REPORTS, { recursive: true })
  try {
    return values.script === undefined ? await sendRandom(both) : await sendScript(both, values.script)
  } finally {
    both.close()
    await emulator.close()
    writeFileSync(join(REPORTS, 'glance.log'), glance.log())
  }
}

/** Properties that the packaged `schema-image.json` adds to those of every Glance; recordings hold ours to be the same. */
async function extraProperties(url: string, tokens: Tokens): Promise<Record<string, Json>> {
  const headers = { 'X-Auth-Token': tokens.a?.token ?? '' }
  const response = await fetch(`${url}/v2/schemas/image`, { headers })
  const { properties } = ImageSchema.parse(await response.json())
  const extra = Object.entries(properties).filter(([, { is_base: isBase }]) => isBase === false)
  return Object.fromEntries(extra.map(([name, { is_base: _, ...property }]) => [name, property]))
}

async function sendScript(both: TwoServers, file: string): Promise<boolean> {
  const script = z.array(RecordedRequest).parse(JSON.parse(readFileSync(file, 'utf8')))
  const difference = await both.run(script)
  console.log(difference === undefined ? 'no difference' : shown(difference))
  return difference === undefined
}

async function sendRandom(both: TwoServers): Promise<boolean> {
  let number = 0
  const onFinding = ({ seed, script, difference }: Finding) => {
    number += 1
    const file = join(REPORTS, `${number}.json`)
    writeFileSync(file, `${JSON.stringify(script, undefined, 1)}\n`)
    console.log(`\n== difference ${number}, seed ${seed}: ${shown(difference)}`)
    console.log(`   replay: npm run differential -- --script ${file}`)
  }
  const [seed, steps, length] = [Number(values.seed), Number(values.steps), Number(values.length)]
  const { findings, seeds, explained } = await searchDifferences(both, { seed, steps, length, onFinding })
  for (const [reason, times] of explained) console.log(`on purpose, ${times} times: ${reason}`)
  console.log(
    `${both.steps()} requests to each over ${seeds} seeds (${both.accepted()} were not refused), ${findings} unexplained differences`,
  )
  return findings === 0
}

function shown({ request, places, step }: Difference): string {
  const lines = places.map(
    ({ what, expected, actual }) => `   ${what}: Glance ${short(expected)}, ours ${short(actual)}`,
  )
  return [`step ${step + 1}, ${request.method} ${request.path} ${short(request.body)}`, ...lines].join('\n')
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, LONGEST_VALUE)
}
