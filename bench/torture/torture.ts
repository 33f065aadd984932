/**
 * Tortures an emulator, and ends with exit code 1 when it was damaged: kills, saturation, hostile requests and files, faults
 * of the host. It talks to 127.0.0.1 only and writes below one temporary folder.
 * @example npm run torture -- --minutes 3 --seed 7
 */
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { openFindings } from './findings.ts'
import { fuzzUntil } from './fuzz/fuzz.ts'
import { giveHostileFiles } from './fuzz/hostile-files.ts'
import { breakHost } from './host-faults.ts'
import { killUntil } from './kills/kills.ts'
import { saturateUntil } from './load/saturation.ts'
import { makePlace, makeRunFolder } from './place.ts'
import type { Run } from './run.ts'
import { killAll, startServer } from './server.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string' },
    steps: { type: 'string' },
    aim: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})

/** Servers that are killed or fuzzed beside one another. */
const LANES = 2
const minutes = Number(values.minutes)
const folder = makeRunFolder()
const say = (line: string) => process.stdout.write(`${line}\n`)
const findings = openFindings(say)
const [from = 0, to = from] = values.steps?.split('-').map(Number) ?? []
const run: Run = {
  seed: Number(values.seed),
  folder: folder.path,
  findings,
  say,
  aim: values.aim,
  steps: values.steps === undefined ? undefined : { from, to },
}

function inLanes(torture: (lane: number) => Promise<void>): Promise<unknown> {
  return Promise.all(Array.from({ length: LANES }, (_, lane) => torture(lane)))
}

/** The parts, and which share of the time each takes. */
const PARTS: Readonly<Record<string, { share: number; torture(deadline: number): Promise<unknown> }>> = {
  kills: {
    share: 0.45,
    torture: (deadline) => inLanes((lane) => killUntil(run, lane, deadline)),
  },
  saturation: { share: 0.05, torture: (deadline) => saturateUntil(run, deadline) },
  fuzz: { share: 0.46, torture: (deadline) => inLanes((lane) => fuzzUntil(run, lane, LANES, deadline)) },
  files: { share: 0.03, torture: (deadline) => giveHostileFiles(run, deadline) },
  host: { share: 0.01, torture: () => breakHost(run) },
}

function end(): void {
  killAll()
  if (values.keep) say(`the files are left in ${folder.path}`)
  else rmSync(folder.path, { recursive: true, force: true, maxRetries: 3 })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    end()
    process.exit(130)
  })

try {
  // Fills the cache of compiled code, which makes every later start faster.
  await (await startServer(makePlace(run.folder, 'first'), [])).stop()
  const chosen = Object.entries(PARTS).filter(([name]) => values.part === undefined || values.part === name)
  const shares = chosen.reduce((sum, [, { share }]) => sum + share, 0)
  for (const [name, { share, torture }] of chosen) {
    const ms = (minutes * 60_000 * share) / shares
    say(`== ${name}, ${Math.round(ms / 1000)} s, seed ${run.seed}`)
    await torture(Date.now() + ms)
  }
  say(findings.summary())
  if (findings.failed) process.exitCode = 1
} finally {
  end()
}
