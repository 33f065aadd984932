import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { z } from 'zod'

const execute = promisify(execFile)

const Expected = z.strictObject({
  /** Names of the tests that must pass. */
  passes: z.array(z.string()),
  /** Why the others are not run: a pattern of their names, and the reason. */
  leftOut: z.array(z.strictObject({ tests: z.string(), why: z.string().min(1) })),
})

/** The time that one test may take, ms. */
const PATIENCE_MS = 60_000

const [program = '', endpoint = '', accessKey = '', secretKey = '', option] = process.argv.slice(2)
const { passes, leftOut } = Expected.parse(
  JSON.parse(readFileSync(new URL('conformance.json', import.meta.url), 'utf8')),
)

/** Names of all tests, as the program lists them. */
async function allTests(): Promise<string[]> {
  const { stdout } = await execute(program, ['test', '--help'], { maxBuffer: 2 ** 24 })
  return [...new Set([...stdout.matchAll(/Runs (\w+) integration test/g)].map(([, name]) => name ?? ''))]
}

/** Runs one test in a new world, because all tests make buckets of the same names. Returns undefined when it passes, else what it says. */
async function failureOf(name: string): Promise<string | undefined> {
  await fetch(`${endpoint}/_ims/reset`, { method: 'POST' })
  const target = ['test', '-a', accessKey, '-s', secretKey, '-e', endpoint, name]
  // A bundle of certificates in the environment keeps its client from starting.
  const env = { HOME: process.env.HOME, PATH: process.env.PATH, AWS_REGION: 'cn-north-4' }
  const said = await execute(program, target, { env, timeout: PATIENCE_MS }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? '',
  )
  if (said.includes('PASS')) return undefined
  return /FAIL\s+(.*)/.exec(said)?.[1] ?? said.split('\n')[1] ?? 'no result'
}

async function runAll(names: readonly string[]): Promise<Map<string, string | undefined>> {
  const results = new Map<string, string | undefined>()
  for (const name of names) results.set(name, await failureOf(name))
  return results
}

const all = await allTests()
const known = new Set(passes)
const unlisted = all.filter(
  (name) => !known.has(name) && !leftOut.some(({ tests }) => new RegExp(tests).test(name)),
)
const gone = passes.filter((name) => !all.includes(name))
const results = await runAll(passes.filter((name) => !gone.includes(name)))
const failed = [...results].filter(([, failure]) => failure !== undefined)
for (const [name, failure] of failed) console.log(`${name} failed: ${failure}`)
for (const name of unlisted) console.log(`${name} is neither expected to pass nor left out with a reason`)
for (const name of gone) console.log(`${name} is expected to pass, and versitygw does not have it`)
if (option === '--all')
  for (const [name, failure] of await runAll(all.filter((name) => !known.has(name))))
    console.log(failure === undefined ? `${name} passes, and is left out` : `${name}: ${failure}`)
console.log(
  `versitygw: ${results.size - failed.length} of ${passes.length} tests passed, ${all.length - passes.length} are left out`,
)
process.exitCode = failed.length + unlisted.length + gone.length === 0 ? 0 : 1
