import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** A server process under measurement. */
export interface Served {
  url: string
  /** From the start of the process to its first answer, ms. */
  readyAfter: number
  /** Current resident memory, MiB; Linux only. */
  residentMiB(): number
  stop(): Promise<void>
}

async function serve(args: readonly string[], readyPath: string): Promise<Served> {
  const begin = performance.now()
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await firstUrl(child)
  await (await fetch(url + readyPath)).arrayBuffer()
  return {
    url,
    readyAfter: performance.now() - begin,
    residentMiB() {
      const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
      return Math.round(Number(kb) / 1024)
    },
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function firstUrl(child: ChildProcess): Promise<string> {
  let out = ''
  for await (const chunk of child.stdout ?? []) {
    out += chunk
    const url = /http:\/\/[\d.]+:\d+/.exec(out)?.[0]
    if (url !== undefined) return drained(child, url)
  }
  throw new Error(`the server ended before it was ready: ${out}`)
}

/** Discards further output, so that the process never blocks: reading the first line has destroyed the pipe's iterator. */
function drained(child: ChildProcess, url: string): string {
  child.stdout?.resume()
  return url
}

/** Starts the emulator with the pace `instant`, so that the next request settles a create. */
export function serveOurs(buckets: string, ...flags: string[]): Promise<Served> {
  return serve(
    ['src/bin.ts', '--port', '0', '--scenario', 'instant', '--buckets', buckets, ...flags],
    '/_ims/ready',
  )
}

/** Starts a bare Hono server that answers each given path with the given bytes. */
export function serveBare(file: string): Promise<Served> {
  return serve(['bench/bare-server.ts', file], '/ready')
}
