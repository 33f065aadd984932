import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CutOff, codeOf } from '../../lib/host-errors.ts'
import type { StoreAddress } from './address.ts'

/** An object store cannot be used: it does not answer, or refuses. The message names its address and no secret. */
export class StoreFailure extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StoreFailure'
  }
}

/** The parts of a request beside its method and path. */
export interface Sent {
  headers?: Record<string, string>
  /** Bytes of the body. */
  size?: number
  body?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** An answer of another status than 200. */
interface S3Refusal {
  status: number
  /** The code of the error in its body; an answer to HEAD has none. */
  code: string | undefined
  failure: StoreFailure
}

/** Signed requests to one S3-compatible server. */
export interface Connection {
  /** Sends a request and resolves with the head of its answer. @throws StoreFailure; CutOff once it is closed. */
  call(method: string, path: string, sent?: Sent): Promise<IncomingMessage>
  /** The body of an answer. @throws as `call` */
  bytesOf(response: IncomingMessage): AsyncGenerator<Uint8Array>
  /** The beginning of the body of an answer, as text. @throws as `call` */
  textOf(response: IncomingMessage): Promise<string>
  refusalOf(response: IncomingMessage, asked: string): Promise<S3Refusal>
  /** Ends all requests under way. */
  close(): void
}

/** The region of signatures, which servers at other addresses than Amazon's take by default. */
const REGION = 'us-east-1'
/** Bytes of an answer that are read for its error code or its upload id. */
const LONGEST_TEXT = 65_536

/**
 * @param silenceMs real ms without a byte in either direction, after which a request is given up. Connections are not kept, and
 * the package that signs is loaded by the first request.
 */
export function openConnection(
  { endpoint, accessKey, secretKey }: StoreAddress,
  silenceMs: number,
): Connection {
  const stop = new AbortController()
  const send = endpoint.startsWith('https:') ? requestHttps : requestHttp
  const region = /\.amazonaws\.com(?:\.cn)?$/.test(new URL(endpoint).hostname) ? '' : REGION

  async function call(method: string, path: string, sent: Sent = {}): Promise<IncomingMessage> {
    const { AwsV4Signer } = await import('aws4fetch')
    const { headers: extra = {}, size = 0, body } = sent
    const signer = new AwsV4Signer({
      method,
      url: endpoint + path,
      headers: extra,
      service: 's3',
      region,
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
    })
    const { url, headers } = await signer.sign()
    const carriesBody = method === 'PUT' || method === 'POST'
    try {
      return await exchange(
        url,
        {
          method,
          headers: { ...Object.fromEntries(headers), ...(carriesBody && { 'Content-Length': size }) },
          agent: false,
          timeout: silenceMs,
          signal: stop.signal,
        },
        body,
      )
    } catch (error) {
      throw failure(error)
    }
  }

  function exchange(url: URL, options: RequestOptions, body: Sent['body']): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      let answer: IncomingMessage | undefined
      const request = send(url, options, (response) => {
        answer = response
        resolve(response)
      })
      request.on('timeout', () => {
        const silent = new StoreFailure(
          `the object store at ${endpoint} was silent for ${silenceMs / 1000} s`,
        )
        answer?.destroy(silent)
        request.destroy(silent)
      })
      request.on('error', reject)
      if (body === undefined) request.end()
      else pipeline(Readable.from(body, { objectMode: false }), request).catch(reject)
    })
  }

  /** A request that was cut off is no failure of the store. */
  function failure(error: unknown): Error {
    if (stop.signal.aborted) return new CutOff()
    if (error instanceof StoreFailure) return error
    const found = codeOf(error) ?? (error instanceof Error ? error.message : error)
    return new StoreFailure(`the object store at ${endpoint} cannot be reached (${found})`)
  }

  async function* bytesOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
    try {
      yield* response
    } catch (error) {
      throw failure(error)
    }
  }

  async function textOf(response: IncomingMessage): Promise<string> {
    let text = ''
    for await (const chunk of bytesOf(response)) {
      text += Buffer.from(chunk).toString('latin1')
      if (text.length > LONGEST_TEXT) break
    }
    return text
  }

  return {
    call,
    bytesOf,
    textOf,
    async refusalOf(response, asked) {
      const code = /<Code>(\w{1,100})<\/Code>/.exec(await textOf(response))?.[1]
      const status = response.statusCode ?? 0
      const answered = code === undefined ? status : `${status} ${code}`
      const refused = new StoreFailure(`the object store at ${endpoint} answered ${answered} to ${asked}`)
      return { status, code, failure: refused }
    },
    close: () => stop.abort(),
  }
}
