import { CutOff } from '../lib/host-errors.ts'
import { wait } from '../lib/time.ts'
import type { App } from './router.ts'

/** An app whose requests can be brought to an end. */
export interface RequestsUnderWay {
  /** Answers a request as the app does. */
  fetch(request: Request, bindings?: object): Response | Promise<Response>
  /**
   * Lets requests under way finish for `graceMs` of real time and then ends those that wait for something. Resolves when every
   * handler has ended, so that the databases can be closed.
   */
  finish(graceMs: number): Promise<void>
}

/** Real ms within which handlers end after their connections are cut: they only clean up. */
const CLEAN_UP_MS = 1000

/** Keeps track of the requests that an app is answering, from sockets and in process. */
export function trackRequests(app: App): RequestsUnderWay {
  const handlers = new Set<Promise<Response>>()
  const stop = new AbortController()

  async function settled(): Promise<void> {
    while (handlers.size > 0) await Promise.allSettled(handlers)
  }

  async function settledWithin(ms: number): Promise<void> {
    if (handlers.size === 0) return
    const done = new AbortController()
    await Promise.race([settled(), wait(ms, done.signal)])
    done.abort()
  }

  return {
    fetch(request, bindings) {
      const answer = app.fetch(request, { ...bindings, cutOff: stop.signal })
      if (!(answer instanceof Promise)) return answer
      handlers.add(answer)
      const forget = () => handlers.delete(answer)
      answer.then(forget, forget)
      return answer
    },
    async finish(graceMs) {
      await settledWithin(graceMs)
      stop.abort(new CutOff())
      await settledWithin(CLEAN_UP_MS)
    },
  }
}
