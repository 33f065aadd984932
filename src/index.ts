import { type DemoCredentials, demoCredentials } from './cloud/fixtures.ts'
import { demoCaller } from './cloud/identity/caller.ts'
import { createApp } from './server/app.ts'
import { type EmulatorOptions, openEmulator } from './server/emulator.ts'
import { listen } from './server/listen.ts'

export type { DemoCredentials, EmulatorOptions }

export interface StartOptions extends EmulatorOptions {
  /** Loopback by default. */
  host?: string
  /** A free one by default. */
  port?: number
}

/** An emulator that listens. `await using` closes it at the end of a block. */
export interface StartedEmulator extends AsyncDisposable {
  /** `http://127.0.0.1:41234`, without a slash at the end: the endpoint for SDKs. */
  readonly url: string
  readonly port: number
  readonly projectId: string
  readonly region: string
  /** What the demo user signs or authenticates with; each is undefined when the scenario gave none. */
  readonly credentials: DemoCredentials
  readonly scenario: string
  /** How callers are told apart at the start. */
  readonly auth: 'lenient' | 'strict'
  /** Answers a request in process, without a socket. */
  fetch(request: Request): Promise<Response>
  /** Lets requests under way finish, closes the database, removes what was temporary. */
  close(): Promise<void>
}

/**
 * Starts an emulator in this process and resolves when it can be called.
 * @throws SetupError when the scenario, the port or a folder is not usable; its message says what to do.
 */
export async function startEmulator(options: StartOptions = {}): Promise<StartedEmulator> {
  const { host = '127.0.0.1', port = 0, ...rest } = options
  const emulator = openEmulator(rest)
  try {
    const app = createApp(emulator)
    const listening = await listen(app, host, port)
    const world = emulator.defaultWorld()
    const { projectId, region } = demoCaller(world)
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= listening.close().then(() => emulator.close())
      return closed
    }
    return {
      url: listening.url,
      port: listening.port,
      projectId,
      region,
      credentials: demoCredentials(emulator.scenario.fixtures),
      scenario: emulator.scenario.scenario,
      auth: world.auth.mode,
      fetch: async (request) => app.fetch(request),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    emulator.close()
    throw error
  }
}
