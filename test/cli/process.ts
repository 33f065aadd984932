import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))

/** What a finished process left behind. */
export interface Finished {
  code: number | null
  out: string
  err: string
}

/** A running command line whose output is collected. */
export interface Running extends AsyncDisposable {
  child: ChildProcess
  /** The endpoint that its banner names. */
  url: string
  banner: string
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Finished>
}

function launch(args: readonly string[], env: Record<string, string>) {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [bin, ...args], { env: { PATH, HOME, ...env } })
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

/** Runs the command line to its end. */
export function run(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  return launch(args, env).ended
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
