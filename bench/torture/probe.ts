import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import type { Server } from './server.ts'

/** A time during which the server answered nothing. Times are real ms since the epoch. */
export interface Stop {
  from: number
  to: number
  /** Without the time in which the machine gave the server or the probe no processor, ms. */
  ms: number
}

/** Asks for the server's health every 50 ms from a thread of its own, so that the harness's load delays no probe. */
export interface Probe {
  /** Returns the stops since the last call. */
  take(): Stop[]
  /** Ends the probe. */
  end(): Promise<{ probes: number; longest: number }>
}

/** The server is asked this often, ms. */
export const EVERY_MS = 50
/** A longer time without an answer is a stop, ms. */
export const STOP_MS = 200

const Message = z.union([
  z.object({ stop: z.object({ from: z.number(), to: z.number(), ms: z.number() }) }),
  z.object({ probes: z.int(), longest: z.number() }),
])

/** Real ms since the epoch, with fractions: the same in all threads. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}

/**
 * Returns for how long a thread was ready to run and had no processor, ms; 0 where the system does not tell.
 * @see https://docs.kernel.org/scheduler/sched-stats.html
 */
export function starved(task: string): number {
  try {
    const [, waited] = readFileSync(`/proc/${task}/schedstat`, 'utf8').split(' ')
    return Number(waited) / 1e6
  } catch {
    return 0
  }
}

export function startProbe(server: Pick<Server, 'port' | 'pid'>): Probe {
  const worker = new Worker(new URL('./probe-thread.ts', import.meta.url), {
    workerData: { port: server.port, pid: server.pid },
  })
  let stops: Stop[] = []
  const ended = new Promise<{ probes: number; longest: number }>((resolve, reject) => {
    worker.on('message', (message) => {
      const read = Message.parse(message)
      if ('stop' in read) stops.push(read.stop)
      else resolve(read)
    })
    worker.on('error', reject)
  })
  return {
    take() {
      const taken = stops
      stops = []
      return taken
    },
    async end() {
      worker.postMessage('end')
      const result = await ended
      await worker.terminate()
      return result
    },
  }
}
