import { type Send, withControlKey } from './client/control-client.ts'
import { type EmulatorClient, emulatorClient } from './client/emulator-client.ts'
import type { EmulatorOptions } from './worlds/emulator.ts'

export type {
  BucketInput,
  BucketsClient,
  DiskInput,
  ObjectFacts,
  ObjectInput,
} from './client/buckets-client.ts'
export { ControlFailure, withControlKey } from './client/control-client.ts'
export { connectEmulator, connectWorld, type EmulatorClient } from './client/emulator-client.ts'
export type { JournalClient, JournalRequest, RequestClaims, RequestFilter } from './client/journal-client.ts'
export { type Replayed, replay } from './client/replay/replay.ts'
export type {
  Advance,
  ChangingKind,
  FixtureInput,
  FixtureItem,
  ImageListInput,
  QuotaInput,
  RuleInput,
  Trace,
  TraceFilter,
  WorldClient,
  WorldFacts,
  WorldInput,
  WorldUser,
} from './client/world-client.ts'
export type { EmulatorOptions }

export interface StartOptions extends EmulatorOptions {
  /** Loopback by default. */
  host?: string
  /** A free one by default. */
  port?: number
  /** The port on which HTTPS is served, too; 0 takes a free one. */
  tlsPort?: number
  /** False opens no port: only `fetch` reaches the emulator, which is the fastest way for tests in this process. */
  listen?: boolean
  /** Real ms for which `close` lets requests under way finish before it cuts their connections; 5000 by default. */
  graceMs?: number
  /** Real ms that an idle connection stays open; 65,000 by default. */
  keepAliveMs?: number
}

/** An emulator in this process, with its default world. `await using` closes it at the end of a block. */
export interface StartedEmulator extends EmulatorClient, AsyncDisposable {
  /** `http://127.0.0.1:41234`, without a slash at the end: the endpoint for SDKs. */
  readonly url: string
  /** 0 when it does not listen. */
  readonly port: number
  /** `https://localhost:41235`; undefined without `tlsPort`. Clients have to trust the authority of `ca()`. */
  readonly tlsUrl: string | undefined
  /**
   * The proxy by which clients reach the emulator under the cloud's own addresses: the value of `HTTPS_PROXY`. Clients have to
   * trust the authority of `ca()`.
   */
  readonly proxyUrl: string
  readonly scenario: string
  /** The authentication mode at the start. */
  readonly auth: 'lenient' | 'strict'
  /** Answers a request in process, without a socket; a path is one of the emulated cloud, sent as the demo user. */
  fetch(request: Request | string, init?: RequestInit): Promise<Response>
  /** Lets requests under way finish for `graceMs`, cuts off the others, closes the databases, and removes temporary files. */
  close(): Promise<void>
}

/** The address of an emulator that does not listen. */
const IN_PROCESS = { url: 'http://127.0.0.1', port: 0, tlsPort: undefined, close: async () => {} }

/**
 * Starts an emulator in this process and resolves when it answers. The server is loaded by the first call, so that tests
 * that only connect to an emulator never load it.
 * @throws SetupError when the scenario, the port or a folder is not usable; its message says what to do.
 * @example
 * await using emulator = await startEmulator({ scenario: 'instant', listen: false })
 * const images = await emulator.fetch('/v2/cloudimages')
 */
export async function startEmulator(options: StartOptions = {}): Promise<StartedEmulator> {
  const {
    host = '127.0.0.1',
    port = 0,
    tlsPort,
    listen: listens = true,
    graceMs,
    keepAliveMs,
    ...rest
  } = options
  const { renderWorld } = await import('./control/worlds.ts')
  const { DEFAULT_GRACE_MS, listen } = await import('./http/listen.ts')
  const { trackRequests } = await import('./http/requests-under-way.ts')
  const { createApp } = await import('./http/router.ts')
  const { checkObjectStore, openEmulator } = await import('./worlds/emulator.ts')
  await checkObjectStore(rest)
  const emulator = openEmulator(rest)
  try {
    const app = trackRequests(createApp(emulator))
    const send: Send = withControlKey(async (request) => app.fetch(asSent(request)), rest.controlKey)
    const listening = listens
      ? await listen(app, emulator, host, port, {
          tlsPort,
          ...(keepAliveMs !== undefined && { keepAliveMs }),
        })
      : IN_PROCESS
    const { url } = listening
    if (listens) emulator.announce(url, listening.tlsPort)
    const world = emulator.worlds.default
    const client = emulatorClient(url, send, renderWorld(world, url))
    const end = async () => {
      const grace = graceMs ?? DEFAULT_GRACE_MS
      await Promise.all([listening.close(grace), app.finish(grace)])
      emulator.close()
    }
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= end()
      return closed
    }
    return {
      ...client,
      port: listening.port,
      tlsUrl: listening.tlsPort === undefined ? undefined : `https://localhost:${listening.tlsPort}`,
      proxyUrl: url,
      scenario: world.scenario.scenario,
      auth: world.auth.mode,
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

/**
 * Adds the header that announces a body. A request that was never on a wire lacks it, and the server would not read its
 * body.
 */
function asSent(request: Request): Request {
  const { body, headers } = request
  if (body === null || headers.has('content-length') || headers.has('transfer-encoding')) return request
  const complete = new Headers(headers)
  complete.set('Transfer-Encoding', 'chunked')
  return new Request(request, { headers: complete })
}
