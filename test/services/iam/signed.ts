import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { sign } from '../../accounts/signature/signer.ts'
import type { Reply, TestEmulator } from '../../emulator.ts'

/** An access key as clients sign with it. */
export interface Key {
  accessKey: string
  secretKey: string
  securityToken?: string
}

export const DEMO_KEY: Key = {
  accessKey: 'DEMOACCESSKEY0000001',
  secretKey: 'demo-secret-key-for-the-emulator-only-01',
}

interface SignedReply {
  status: number | undefined
  body: Reply['body']
}

/** Sends a signed GET, with a body where one is given: some clients send one with everything. */
export async function signedGet(
  emulator: TestEmulator,
  path: string,
  { securityToken, ...key }: Key,
  body = '',
): Promise<SignedReply> {
  const { now } = (await emulator.get('/_ims/clock')).body
  const url = new URL(path, emulator.url)
  const { target, headers, authorization } = sign({
    method: 'GET',
    segments: url.pathname.split('/').slice(1),
    query: [...url.searchParams],
    headers: {
      host: url.host,
      ...(securityToken !== undefined && { 'x-security-token': securityToken }),
      ...(body !== '' && { 'content-type': 'application/json' }),
    },
    body,
    date: `${now.slice(0, 19).replace(/[-:]/g, '')}Z`,
    ...key,
  })
  const sent = {
    ...Object.fromEntries(headers),
    authorization,
    ...(body !== '' && { 'content-length': `${body.length}` }),
  }
  const { promise, resolve, reject } = Promise.withResolvers<SignedReply>()
  const outgoing = request(emulator.url + target, { method: 'GET', headers: sent }, (response) => {
    text(response).then((whole) => resolve({ status: response.statusCode, body: JSON.parse(whole) }), reject)
  })
  outgoing.on('error', reject)
  outgoing.end(body)
  return await promise
}
