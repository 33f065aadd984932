import { connect, type Socket } from 'node:net'
import type { Random } from '../random.ts'

/** Broken clients beside a load. */
export interface Abuse {
  /** Ends them all, and returns how many there were. */
  end(): number
}

/** A new broken client comes this often, ms. */
const EVERY_MS = 40
/** Broken clients at a time, at most: older ones are cut off. */
const MOST = 150
/** A slow client sends a byte this often, ms. */
const SLOW_MS = 400

/** What a broken client does with its connection. */
type Behaviour = (socket: Socket, image: string, random: Random) => void

const head = (method: string, path: string, rest = '') =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${rest}`
const uploadHead = (image: string, length: number) =>
  `${head('PUT', `/v2/images/${image}/file`)}X-Auth-Token: demo-token\r\nContent-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n`

const BEHAVIOURS: readonly Behaviour[] = [
  // Says nothing.
  () => {},
  // Sends its headers byte by byte.
  (socket) => {
    const text = head('GET', '/v2/images', `X-Slow: ${'a'.repeat(500)}`)
    let at = 0
    const timer = setInterval(() => socket.write(text[at++ % text.length] ?? 'a'), SLOW_MS)
    socket.on('close', () => clearInterval(timer))
  },
  // Closes its own half after a part of the headers, or before the body.
  (socket) => socket.end('GET /v2/images HTT'),
  (socket, image) => socket.end(uploadHead(image, 1000)),
  // Begins an upload, and goes away.
  (socket, image, random) => {
    socket.write(uploadHead(image, 5_000_000))
    socket.write(random.bytes(random.between(1, 60_000)))
    setTimeout(() => socket.destroy(), random.between(1, 300))
  },
  // Begins an upload, and never goes on.
  (socket, image) => socket.write(`${uploadHead(image, 5_000_000)}x`),
  // Has headers or a body that are too long.
  (socket) => socket.write(head('GET', '/v2/images', `X-Long: ${'a'.repeat(200_000)}\r\n\r\n`)),
  (socket) =>
    socket.write(
      `${head('POST', '/v2/images')}Content-Type: application/json\r\nContent-Length: 30000000\r\n\r\n${'x'.repeat(100_000)}`,
    ),
  // Asks for a lot, and never reads it.
  (socket) => {
    socket.pause()
    socket.write(`${head('GET', '/v2/cloudimages?limit=100', 'X-Auth-Token: demo-token\r\n')}\r\n`.repeat(30))
  },
  // Speaks another protocol.
  (socket, _image, random) => socket.write(random.bytes(300)),
  (socket) => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  (socket) =>
    socket.write(
      head('POST', '/v2/images', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /'),
    ),
  (socket) =>
    socket.write(head('POST', '/v2/images', 'Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx')),
  // Resets its connection.
  (socket) => {
    socket.write(`${head('GET', '/v2/images')}\r\n`)
    socket.resetAndDestroy()
  },
]

export function abuse(port: number, image: string, random: Random): Abuse {
  const sockets: Socket[] = []
  let count = 0
  const timer = setInterval(() => {
    const behave = BEHAVIOURS[count % BEHAVIOURS.length]
    count += 1
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    // The server may refuse and close whenever it wants.
    socket.on('error', () => {})
    socket.on('connect', () => behave?.(socket, image, random))
    sockets.push(socket)
    if (sockets.length > MOST) sockets.shift()?.destroy()
  }, EVERY_MS)
  return {
    end() {
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      return count
    },
  }
}
