import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runCommandLine } from '../../src/cli/main.ts'

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))

/** Exit code and output of a finished process. */
export interface Finished {
  code: number | null
  out: string
  err: string
}

/** A running command line whose output is collected. */
export interface Running extends AsyncDisposable {
  child: ChildProcess
  /** The endpoint in its banner. */
  url: string
  banner: string
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Finished>
}

function launch(args: readonly string[], env: Record<string, string>) {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn(process.execPath, [bin, ...args], { env: { PATH, HOME, NODE_COMPILE_CACHE, ...env } })
  const output: Finished = { code: null, out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    output.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.err += chunk
  })
  const ended = once(child, 'close').then(([code]): Finished => ({ ...output, code }))
  return { child, output, ended }
}

let before: Promise<unknown> = Promise.resolve()

/**
 * Runs the command line to its end within this process. Runs wait for one another, because each replaces the output streams and
 * the environment while it lasts.
 * @param env the environment of the run, beside PATH and HOME.
 */
export function run(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  const finished = before.then(() => runHere(args, env))
  before = finished.catch(() => {})
  return finished
}

async function runHere(args: readonly string[], env: Record<string, string>): Promise<Finished> {
  const output = { out: '', err: '' }
  const own = { env: process.env, out: process.stdout.write, err: process.stderr.write }
  const into = (stream: 'out' | 'err') => (chunk: string | Uint8Array) => {
    output[stream] += Buffer.from(chunk).toString()
    return true
  }
  const { PATH = '', HOME = '' } = process.env
  process.env = { PATH, HOME, ...env }
  process.stdout.write = into('out')
  process.stderr.write = into('err')
  try {
    const code = await runCommandLine([process.execPath, bin, ...args])
    return { code, ...output }
  } finally {
    process.env = own.env
    process.stdout.write = own.out
    process.stderr.write = own.err
  }
}

/** A process that runs until it is stopped. */
export interface Followed extends AsyncDisposable {
  child: ChildProcess
  ended: Promise<Finished>
  /** Resolves once a text is in its output. @throws when it ends before. */
  until(text: string): Promise<void>
}

/** Starts a command in a process of its own. */
export function follow(args: readonly string[], env: Record<string, string> = {}): Followed {
  const { child, output, ended } = launch(args, env)
  const until = async (text: string) => {
    while (!output.out.includes(text)) {
      const more = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)])
      if (more === undefined)
        throw new Error(`it ended before it printed ${text}: ${output.out}${output.err}`)
    }
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return { child, ended, until, [Symbol.asyncDispose]: kill }
}

/** Starts the command line and resolves when its banner has been printed. */
export async function startProcess(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Running> {
  const { child, output, ended } = launch(args, env)
  const ready = async () => {
    while (!output.out.includes('curl')) await once(child.stdout, 'data')
  }
  await Promise.race([ready(), ended])
  const url = /endpoint\s+(\S+)/.exec(output.out)?.[1]
  if (url === undefined) throw new Error(`no banner: ${output.out}${output.err}`)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return await ended
  }
  return {
    child,
    url,
    banner: output.out,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  }
}
