import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readStoreAddress } from '../../../src/database/object-store/address.ts'
import { openS3Client } from '../../../src/database/object-store/s3-client.ts'

const KEYS = { accessKey: 'AKEXAMPLE', secretKey: 'canary-secret' }

/** A server that answers every request in one way. */
async function answering(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  const endpoint = `http://127.0.0.1:${address.port}`
  return {
    endpoint,
    client: openS3Client({ endpoint, ...KEYS }, { silenceMs: 200, largestPut: 8, partSize: 6 }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const answered = (status: number, body = '', headers = {}) =>
  answering((request, response) => {
    request.resume()
    response.writeHead(status, headers).end(body)
  })

const refusal = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`

async function* eight() {
  yield Buffer.from('eight by')
}

describe('the address of an object store', () => {
  test('may hold the keys, which are no part of its endpoint', () => {
    expect(readStoreAddress('http://AK:a%2Fb%40c@minio:9000/')).toEqual({
      endpoint: 'http://minio:9000',
      accessKey: 'AK',
      secretKey: 'a/b@c',
    })
    expect(readStoreAddress('https://host/store', 'AK', 'SK')).toEqual({
      endpoint: 'https://host/store',
      accessKey: 'AK',
      secretKey: 'SK',
    })
    expect(readStoreAddress('http://A:S@host', 'AK', 'SK')).toMatchObject({
      accessKey: 'AK',
      secretKey: 'SK',
    })
  })

  test.each([
    'minio:9000',
    'ftp://a:canary@host',
    'http://a:canary@',
    'http://a:canary@host/?b',
    'http://canary@host',
  ])('%s is refused without being repeated', (url) => {
    expect(() => readStoreAddress(url)).toThrow(/^(?!.*canary).*http:\/\/ACCESSKEY:SECRETKEY@host/)
  })
})

describe('an object store', () => {
  test.each([
    ['that is one', 200, '<ListAllMyBucketsResult/>', undefined],
    ['that does not let the keys list all buckets', 403, refusal('AccessDenied'), undefined],
    ['that does not know the keys', 403, refusal('InvalidAccessKeyId'), '403 InvalidAccessKeyId to GET /'],
    ['that computes another signature', 403, refusal('SignatureDoesNotMatch'), '403 SignatureDoesNotMatch'],
    ['that is something else', 200, '<html></html>', 'is no object store that speaks S3'],
    ['that is broken', 500, '', 'answered 500 to GET /'],
    ['that is elsewhere', 301, '', 'answered 301 to GET /'],
  ])('%s is checked at the start', async (_, status, body, found) => {
    await using server = await answered(status, body)
    const checked = server.client.check().then(
      () => undefined,
      (error: Error) => error.message,
    )
    if (found === undefined) expect(await checked).toBeUndefined()
    else expect(await checked).toContain(found)
    expect(await checked).not.toEqual(expect.stringContaining(KEYS.secretKey))
  })

  test('that does not listen is named with the error of the system', async () => {
    const { endpoint, client, ...server } = await answered(200)
    await server[Symbol.asyncDispose]()
    await expect(client.check()).rejects.toThrow(
      `the object store at ${endpoint} cannot be reached (ECONNREFUSED)`,
    )
  })

  test('that accepts and is silent is given up', async () => {
    await using server = await answering(() => {})
    await expect(server.client.hasBucket('images')).rejects.toThrow('was silent for 0.2 s')
    await expect(server.client.put('images', 'a', 8, eight)).rejects.toThrow('was silent for 0.2 s')
  })

  test('that stops in the middle of an object is given up', async () => {
    await using server = await answering((_, response) => {
      response.writeHead(200, { 'Content-Length': 100, ETag: '"x"' }).write('half')
    })
    const got = await server.client.get('images', 'a')
    const read = async () => {
      if (got.found === 'object') for await (const _chunk of got.bytes);
    }
    await expect(read()).rejects.toThrow('was silent for 0.2 s')
  })

  test('that cuts the connection in the middle of an object has failed', async () => {
    await using server = await answering((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('half', () => response.destroy())
    })
    const got = await server.client.get('images', 'a')
    const read = async () => {
      if (got.found === 'object') for await (const _chunk of got.bytes);
    }
    await expect(read()).rejects.toThrow(
      `the object store at ${server.endpoint} cannot be reached (ECONNRESET)`,
    )
  })

  test('gets uploads with a Content-Length and a signature of all but the bytes', async () => {
    let seen: IncomingMessage['headers'] = {}
    let sent = ''
    await using server = await answering(async (request, response) => {
      seen = request.headers
      for await (const chunk of request) sent += chunk
      response.end()
    })
    await server.client.put('images', 'a', 8, eight)
    expect(sent).toBe('eight by')
    expect(seen).toMatchObject({
      'content-length': '8',
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKEXAMPLE\/\d{8}\/us-east-1\/s3\/aws4_request, .*Signature=[0-9a-f]{64}$/,
      ),
    })
    expect(seen['transfer-encoding']).toBeUndefined()
  })

  test('gets a large upload in parts, and is told to drop them when one fails', async () => {
    const calls: string[] = []
    let fails = false
    await using server = await answering(async (request, response) => {
      let sent = ''
      for await (const chunk of request) sent += chunk
      calls.push(`${request.method} ${request.url} ${sent}`)
      if (fails && request.url?.includes('partNumber=2')) response.writeHead(500)
      else response.setHeader('ETag', '"e"')
      response.end(request.url?.endsWith('uploads=') ? '<UploadId>a&amp;b</UploadId>' : '')
    })
    const read = async function* (start: number, end: number) {
      yield Buffer.from('0123456789'.slice(start, end))
    }
    await server.client.put('images', 'a', 10, read)
    expect(calls).toEqual([
      'POST /images/a?uploads= ',
      'PUT /images/a?partNumber=1&uploadId=a%26b 012345',
      'PUT /images/a?partNumber=2&uploadId=a%26b 6789',
      'POST /images/a?uploadId=a%26b <CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part><Part><PartNumber>2</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>',
    ])
    fails = true
    await expect(server.client.put('images', 'a', 10, read)).rejects.toThrow('answered 500 to PUT /images/a')
    expect(calls.at(-1)).toBe('DELETE /images/a?uploadId=a%26b ')
  })

  test('is asked for no path but the one of its bucket and key', async () => {
    const urls: (string | undefined)[] = []
    await using server = await answering((request, response) => {
      urls.push(request.url)
      response.writeHead(404).end()
    })
    const name = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('..', '.', 'a/../b', '%2e%2e', '?x', '#', '//'),
    )
    await fc.assert(
      fc.asyncProperty(name, name, async (bucket, key) => {
        urls.length = 0
        await server.client.head(bucket, key)
        const [path = '/none'] = urls
        if (urls.length > 0)
          expect(path.split('/').slice(1).map(decodeURIComponent)).toEqual([bucket, ...key.split('/')])
        expect(new URL(path, 'http://host').pathname).toBe(path)
      }),
      { numRuns: 100 },
    )
  })

  test('that is closed cuts off its requests, which are no failures of the store', async () => {
    await using server = await answering(() => {})
    const asked = server.client.hasBucket('images')
    server.client.close()
    await expect(asked).rejects.toThrow('the server stops')
  })
})
