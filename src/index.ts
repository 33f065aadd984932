import { withControlKey } from './client/control-key.ts'
import { type EmulatorClient, emulatorClient } from './client/emulator-client.ts'
import { renderWorld } from './control/worlds.ts'
import { listen } from './http/listen.ts'
import { createApp } from './http/router.ts'
import { openEmulator } from './worlds/emulator.ts'
import type { EmulatorOptions } from './worlds/options.ts'

export { ControlFailure } from './client/control-client.ts'
export { withControlKey } from './client/control-key.ts'
export { connectEmulator, connectWorld, type EmulatorClient } from './client/emulator-client.ts'
export type { JournalClient, JournalRequest, RequestClaims, RequestFilter } from './client/journal-client.ts'
export { type Replayed, replay } from './client/replay/replay.ts'
export type {
  Advance,
  FixtureInput,
  QuotaInput,
  RuleInput,
  WorldClient,
  WorldFacts,
  WorldInput,
} from './client/world.ts'
export type { EmulatorOptions }

export interface StartOptions extends EmulatorOptions {
  /** Loopback by default. */
  host?: string
  /** A free one by default. */
  port?: number
  /** False opens no port: requests come through `fetch` alone, which is the fastest way for tests in this process. */
  listen?: boolean
}

/** An emulator in this process, with its default world. `await using` closes it at the end of a block. */
export interface StartedEmulator extends EmulatorClient, AsyncDisposable {
  /** `http://127.0.0.1:41234`, without a slash at the end: the endpoint for SDKs. */
  readonly url: string
  /** 0 when it does not listen. */
  readonly port: number
  readonly scenario: string
  /** How callers are told apart at the start. */
  readonly auth: 'lenient' | 'strict'
  /** Answers a request in process, without a socket; a path is one of the emulated cloud, sent as the demo user. */
  fetch(request: Request | string, init?: RequestInit): Promise<Response>
  /** Lets requests under way finish, closes the databases, removes what was temporary. */
  close(): Promise<void>
}

/** Where an emulator is that listens nowhere. */
const NOWHERE = { url: 'http://127.0.0.1', port: 0, close: async () => {} }

/**
 * Starts an emulator in this process and resolves when it can be called.
 * @throws SetupError when the scenario, the port or a folder is not usable; its message says what to do.
 */
export async function startEmulator(options: StartOptions = {}): Promise<StartedEmulator> {
  const { host = '127.0.0.1', port = 0, listen: listens = true, ...rest } = options
  const emulator = openEmulator(rest)
  try {
    const app = createApp(emulator)
    const send = withControlKey(async (request) => app.fetch(asSent(request)), rest.controlKey)
    const listening = listens ? await listen(app, host, port) : NOWHERE
    const { url } = listening
    const client = emulatorClient(url, send, renderWorld(emulator, url, emulator.worlds.default))
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= listening.close().then(() => emulator.close())
      return closed
    }
    return {
      ...client,
      port: listening.port,
      scenario: emulator.worlds.default.scenario.scenario,
      auth: emulator.worlds.default.auth.mode,
      fetch(request, init) {
        if (typeof request === 'string') return client.fetch(request, init)
        return send(init === undefined ? request : new Request(request, init))
      },
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    emulator.close()
    throw error
  }
}

/** A request that never was on a wire lacks the header by which servers know that a body is coming. */
function asSent(request: Request): Request {
  const { body, headers } = request
  if (body === null || headers.has('content-length') || headers.has('transfer-encoding')) return request
  const complete = new Headers(headers)
  complete.set('Transfer-Encoding', 'chunked')
  return new Request(request, { headers: complete })
}
