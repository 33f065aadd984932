import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { z } from 'zod'

/** A request to send. */
export interface Sent {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
}

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  /** Real ms until the last byte. */
  ms: number
}

/** Sends requests as the demo user to one server of this machine. */
export interface Client {
  /** Rejects when the connection ends before the reply does, and after the timeout. */
  send(sent: Sent, onSent?: () => void): Promise<Reply>
  close(): void
}

/** Real ms without a byte after which a reply is given up. */
const TIMEOUT_MS = 20_000

export function openClient(port: number, connections: number, timeoutMs = TIMEOUT_MS): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    send: ({ method, path, headers = {}, body }, onSent) =>
      new Promise((resolve, reject) => {
        const began = performance.now()
        const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
        const outgoing = request(
          {
            host: '127.0.0.1',
            port,
            agent,
            method,
            path,
            headers: { 'X-Auth-Token': 'demo-token', ...length, ...headers },
          },
          (incoming) => {
            const chunks: Buffer[] = []
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
            incoming.on('error', reject)
            incoming.on('close', () => reject(new Error('the reply was cut off')))
            incoming.on('end', () => {
              if (!incoming.complete) return
              resolve({
                status: incoming.statusCode ?? 0,
                headers: incoming.headers,
                body: Buffer.concat(chunks),
                ms: performance.now() - began,
              })
            })
          },
        )
        outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`no byte for ${timeoutMs} ms`)))
        outgoing.on('error', reject)
        if (onSent !== undefined) outgoing.on('finish', onSent)
        outgoing.end(body)
      }),
    close: () => agent.destroy(),
  }
}

export function sendJson(method: string, path: string, body?: unknown): Sent {
  return {
    method,
    path,
    headers: { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
}

/** Sends a request and reads its reply. @throws Error when the status is not one of 200 to 204, or the body has another shape. */
export async function ask<Shape extends z.ZodType>(
  client: Client,
  sent: Sent,
  shape: Shape,
): Promise<z.output<Shape>> {
  const reply = await client.send(sent)
  if (reply.status < 200 || reply.status > 204)
    throw new Error(
      `${sent.method} ${sent.path} answered ${reply.status}: ${reply.body.toString().slice(0, 300)}`,
    )
  const text = reply.body.toString()
  return shape.parse(text === '' ? undefined : JSON.parse(text))
}

/** The shape of a reply whose body does not matter. */
export const Anything = z.unknown()

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
