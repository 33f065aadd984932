import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { type Place, ROOT } from './place.ts'

/** Real ms that a start may take on a busy machine. */
const START_MS = 60_000
/** Characters of standard error that are remembered. */
const REMEMBERED = 100_000

const Banner = z.object({ endpoint: z.string(), port: z.int(), pid: z.int(), project_id: z.string() })

/** How a process ended. */
export interface End {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A running emulator. */
export interface Server {
  url: string
  port: number
  pid: number
  projectId: string
  /** What it has written to standard error. */
  stderr(): string
  /** The latest fault that it has logged, on one line. */
  lastFault(): string
  /** How it ended; undefined while it runs. */
  end(): End | undefined
  /** Sends SIGKILL and waits for the end. */
  kill(): Promise<void>
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<End>
  /** Resident memory in MiB, and open file descriptors; only Linux tells. */
  usage(): { memory: number; descriptors: number }
}

/** The end of a process that did not start. */
export class StartFailure extends Error {
  override name = 'StartFailure'
  readonly end: End
  readonly stderr: string

  constructor(end: End, stderr: string) {
    super(`it did not start: exit ${end.code ?? end.signal}, ${stderr.trim().slice(-500)}`)
    this.end = end
    this.stderr = stderr
  }
}

const running = new Set<ChildProcess>()

/** Kills all processes that were started here and still run. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Starts a command of the emulator, without settings of the caller's environment. */
function startCommand(place: Place, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['src/bin.ts', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: place.temporary,
      NODE_COMPILE_CACHE: place.compileCache,
    },
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Runs a command of the emulator to its end. */
export async function runCommand(
  place: Place,
  args: readonly string[],
  timeoutMs: number,
): Promise<End & { stdout: string; stderr: string }> {
  const child = startCommand(place, args)
  const stdout = remember(child.stdout)
  const stderr = remember(child.stderr)
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  await once(child, 'close')
  clearTimeout(timer)
  return { code: child.exitCode, signal: child.signalCode, stdout: stdout(), stderr: stderr() }
}

/**
 * Starts an emulator on a free port and resolves when it answers.
 * @throws StartFailure when it ends, or is not ready in a minute.
 */
export async function startServer(place: Place, flags: readonly string[]): Promise<Server> {
  const child = startCommand(place, ['start', '--port', '0', '--json', ...flags])
  const stderr = remember(child.stderr)
  const stdout = remember(child.stdout)
  const end = (): End | undefined =>
    child.exitCode === null && child.signalCode === null
      ? undefined
      : { code: child.exitCode, signal: child.signalCode }
  const closed = once(child, 'close')
  const ready = await firstLine(child, stdout)
  if (!ready) {
    child.kill('SIGKILL')
    await closed
    throw new StartFailure(end() ?? { code: null, signal: null }, stderr())
  }
  const banner = Banner.parse(JSON.parse(stdout().split('\n')[0] ?? ''))
  return {
    url: banner.endpoint,
    port: banner.port,
    pid: banner.pid,
    projectId: banner.project_id,
    stderr,
    lastFault: () =>
      stderr().split('ims-emulator: request ').at(-1)?.split('\n').slice(0, 3).join(' | ').slice(0, 300) ??
      '',
    end,
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), START_MS)
      await closed
      clearTimeout(timer)
      return end() ?? { code: null, signal: null }
    },
    usage() {
      const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${banner.pid}/status`, 'utf8'))?.[1]
      return {
        memory: Math.round(Number(kib) / 1024),
        descriptors: readdirSync(`/proc/${banner.pid}/fd`).length,
      }
    },
  }
}

/** Collects what a stream says; its beginning is forgotten when it says a lot. */
function remember(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-REMEMBERED)
  })
  return () => text
}

/** Resolves with true at the first line, with false at the end of the process or after the longest time. */
function firstLine(child: ChildProcess, stdout: () => string): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), START_MS)
    const settle = (ready: boolean) => {
      clearTimeout(timer)
      resolve(ready)
    }
    child.stdout?.on('data', () => stdout().includes('\n') && settle(true))
    child.once('close', () => settle(false))
  })
}

/** True when a text contains the stack trace of an error. */
export function hasStack(text: string): boolean {
  return /^\s+at .+[:(]\S+/m.test(text)
}
