import { createHash } from 'node:crypto'
import {
  callerWithAccessKey,
  callerWithToken,
  notAuthenticated,
  signedCaller,
  signingKey,
} from '../accounts/authenticate.ts'
import type { Caller } from '../accounts/caller.ts'
import {
  parseAuthorization,
  type SignatureExplanation,
  type SignatureHeader,
  verifySignature,
} from '../accounts/signature/verify.ts'
import { hostNow } from '../lib/time.ts'
import type { World } from '../simulation/world.ts'
import {
  asBody,
  type Body,
  bodyBytes,
  bufferBody,
  isUnsignedPayload,
  type ServerContext,
  wireTarget,
} from './body.ts'

/** A caller, and the body of its request, which was read already when a signature covers it. */
export interface Authenticated {
  caller: Caller
  body: Body
}

/** How a request is authenticated. */
export interface AuthenticationOptions {
  /** The project in the path: an access key speaks for it when no header names another. */
  projectInPath: string | undefined
  /** The region in the name of the host: a credential acts in the project of that region when no project is named. */
  region: string | undefined
  /** Adds to a refused signature what the server computed. */
  explain: boolean
}

/** Authenticates a request by its token or its signature, as strictly as its world does. @throws CodedRefusal APIGW.0301 */
export async function authenticate(
  world: World,
  context: ServerContext,
  { projectInPath, region, explain }: AuthenticationOptions,
): Promise<Authenticated> {
  const { headers } = context.req.raw
  const body = bodyBytes(context)
  const token = headers.get('x-auth-token') ?? ''
  if (token !== '') return { caller: callerWithToken(world, token, region), body }
  const authorization = headers.get('authorization') ?? ''
  const projectId = headers.get('x-project-id') ?? undefined
  if (world.auth.mode === 'lenient') {
    const accessKey = namedAccessKey(authorization)
    if (accessKey === undefined) throw unreadable(authorization)
    const place = { projectId: projectId ?? projectInPath, region }
    return { caller: callerWithAccessKey(world, accessKey, place), body }
  }
  const header = parseAuthorization(authorization)
  if (header === undefined) throw unreadable(authorization)
  const key = signingKey(world, header.accessKey, headers.get('x-security-token') ?? undefined)
  // A body that no signature covers is read by the operation, as it arrives.
  const bytes = isUnsignedPayload(headers) ? undefined : await bufferBody(context)
  checkSignature(world, context, { header, secretKey: key.secretKey, bytes: bytes ?? NO_BYTES, explain })
  const caller = signedCaller(world, key, projectId, { projectId: projectInPath, region })
  return { caller, body: bytes === undefined ? body : asBody(bytes) }
}

/** Python signs the hash of an empty body when it declares the payload unsigned. */
const NO_BYTES = new Uint8Array()

interface Signed {
  header: SignatureHeader
  secretKey: string
  bytes: Uint8Array
  explain: boolean
}

/** Verifies a signature. Its date may follow the host's clock, or the world's clock when the client uses that one. */
function checkSignature(world: World, context: ServerContext, signed: Signed): void {
  const { method, headers } = context.req.raw
  const request = {
    method,
    target: wireTarget(context),
    headers,
    bodyHash: createHash('sha256').update(signed.bytes).digest('hex'),
  }
  const verdict = verifySignature(request, signed.header, signed.secretKey, [hostNow(), world.clock.now()])
  if (verdict.valid) return
  throw notAuthenticated(
    verdict.reason,
    signed.explain ? { explanation: shown(verdict.explanation) } : undefined,
  )
}

function shown({ canonicalRequest, stringToSign, signedHeaders, hint }: SignatureExplanation) {
  return {
    canonical_request: canonicalRequest,
    string_to_sign: stringToSign,
    signed_headers: signedHeaders,
    ...(hint !== undefined && { hint }),
  }
}

/** The access key that a signature names. A lenient world reads nothing else of it. */
export function namedAccessKey(authorization: string): string | undefined {
  if (!/^SDK-HMAC-SHA256\s/.test(authorization)) return undefined
  const parts = authorization.slice('SDK-HMAC-SHA256'.length).split(',')
  const named = parts.map((part) => /^(?:Access=(\S+)|Credential=([^\s/]+))/.exec(part.trimStart()))
  const keys = named.map((match) => match?.[1] ?? match?.[2])
  return keys.findLast((accessKey) => accessKey !== undefined)
}

/** The refusal of an Authorization that cannot be parsed: the gateway takes one of another kind for a token. */
function unreadable(authorization: string) {
  if (authorization === '') return notAuthenticated('x-auth-token not found')
  const ours = /^SDK-HMAC-SHA256\b/.test(authorization)
  return notAuthenticated(ours ? 'authorization header malformed' : 'decrypt token fail')
}
