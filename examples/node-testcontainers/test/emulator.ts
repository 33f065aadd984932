import { GenericContainer, Wait } from 'testcontainers'

const PORT = 7878

export interface Emulator {
  /** `http://localhost:32768`, without a slash at the end. */
  url: string
  stop(): Promise<unknown>
}

/** Starts a container, or uses the emulator at IMS_URL and leaves it running. */
export async function startEmulator(): Promise<Emulator> {
  const { IMS_URL } = process.env
  if (IMS_URL) return { url: IMS_URL, stop: async () => {} }
  const container = await new GenericContainer('ims-emulator:latest')
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/_ims/ready', PORT).forStatusCode(200))
    .start()
  return {
    url: `http://${container.getHost()}:${container.getMappedPort(PORT)}`,
    stop: () => container.stop(),
  }
}
