import { Agent, type ClientRequest, request as openRequest } from 'node:http'

/** A request as it is sent. */
export interface Sent {
  readonly method: string
  /** Path and query, relative to the base address. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** A buffer is sent with its length, a list in chunks. */
  readonly body?: Buffer | readonly Buffer[] | undefined
}

export interface Answer {
  readonly status: number
  /** Headers by lower-case name. Of repeated headers, the first one. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** A server to replay against, over one keep-alive connection. */
export interface Connection {
  readonly send: (sent: Sent) => Promise<Answer>
  readonly close: () => void
}

/** Time after which a silent server counts as failed, ms. */
const SILENCE = 60_000

export function connect(base: string): Connection {
  const url = new URL(base)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = async (sent: Sent): Promise<Answer> => {
    try {
      return await exchange(url, agent, sent)
    } catch (error) {
      // The server closed the idle connection before it was reused, so the request was not processed.
      if (error instanceof StaleConnection) return await exchange(url, agent, sent)
      throw error
    }
  }
  return { send, close: () => agent.destroy() }
}

class StaleConnection extends Error {}

function exchange(base: URL, agent: Agent, sent: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = openRequest({
      agent,
      host: base.hostname,
      port: base.port === '' ? 80 : base.port,
      method: sent.method,
      path: base.pathname.replace(/\/+$/, '') + sent.path,
      // Sends only the recorded headers: Node adds neither Connection nor Accept.
      setDefaultHeaders: false,
      headers: wireHeaders(base.host, sent),
      timeout: SILENCE,
    })
    request.on('timeout', () => request.destroy(new Error(`silent for ${SILENCE / 1000} s`)))
    request.on('error', (error) =>
      reject(request.reusedSocket && isReset(error) ? new StaleConnection() : error),
    )
    request.on('response', (response) => {
      const blocks: Buffer[] = []
      response.on('data', (block: Buffer) => blocks.push(block))
      response.on('error', reject)
      response.on('end', () => {
        const headers = firstOfEach(response.rawHeaders)
        resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(blocks) })
      })
    })
    write(request, sent.body)
  })
}

function wireHeaders(host: string, { method, headers, body }: Sent): string[] {
  const flat = ['Host', host, ...Object.entries(headers).flat()]
  if (Array.isArray(body)) return [...flat, 'Transfer-Encoding', 'chunked']
  if (body !== undefined) return [...flat, 'Content-Length', String(body.length)]
  return ['POST', 'PUT', 'PATCH'].includes(method) ? [...flat, 'Content-Length', '0'] : flat
}

/** Writes a body; each buffer of a list becomes one chunk. */
function write(request: ClientRequest, body: Sent['body']): void {
  if (body instanceof Buffer) request.write(body)
  else for (const chunk of body ?? []) request.write(chunk)
  request.end()
}

function firstOfEach(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? ''
    if (!headers.has(name)) headers.set(name, rawHeaders[at + 1] ?? '')
  }
  return headers
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE'
}
