import {
  type CanonicalParts,
  canonicalQuery,
  canonicalText,
  queryText,
  type SignedRequest,
} from './canonical.ts'
import { UNSIGNED_PAYLOAD } from './refusal.ts'
import type { SignatureHeader } from './verify.ts'

/** SHA-256 of no bytes. */
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Returns true when a signature, by default that of the request, is correct for a canonical request. */
export type SignatureTest = (canonicalRequest: string, signature?: string) => boolean

/** A common mistake of clients: the text that they sign by mistake, and the advice. */
interface Mistake {
  signed: (parts: CanonicalParts, request: SignedRequest) => string
  hint: string
}

const MISTAKES: readonly Mistake[] = [
  {
    signed: (parts) => canonicalText({ ...parts, path: parts.path.slice(0, -1) }),
    hint: 'It verifies without the slash at the end of the path: the canonical path always ends in one.',
  },
  {
    signed: (parts, { target }) => canonicalText({ ...parts, query: canonicalQuery(target, 'plus') }),
    hint: 'It verifies with + as a plus: a + in a query is a space, send %2B.',
  },
  {
    signed: (parts, { target }) => canonicalText({ ...parts, query: queryText(target) }),
    hint: 'It verifies with the query as it was sent: sort it by name and value, and encode all but A-Za-z0-9-_.~.',
  },
  {
    signed: (parts) => canonicalText({ ...parts, query: '' }),
    hint: 'It verifies without the query: the query is signed too.',
  },
  {
    signed: (parts) => canonicalText({ ...parts, headers: parts.headers.map(withoutPort) }),
    hint: 'It verifies with the host alone: sign host with the port, as it is sent.',
  },
  {
    signed: (parts) => canonicalText({ ...parts, payload: EMPTY_HASH }),
    hint: 'It verifies with an empty body: the body that is sent is signed too.',
  },
  {
    signed: (parts) => canonicalText({ ...parts, payload: UNSIGNED_PAYLOAD }),
    hint: 'It verifies with UNSIGNED-PAYLOAD: send it as X-Sdk-Content-Sha256 too.',
  },
  {
    signed: ({ method, path, query, headers, signedHeaders, payload }) =>
      [method, path, query, ...headers, signedHeaders, payload].join('\n'),
    hint: 'It verifies without the empty line after the headers: their last line ends with a newline of its own.',
  },
]

/** Finds the probable mistake behind a wrong signature by trying the texts that clients sign by mistake. */
export function hintFor(
  request: SignedRequest,
  { signature }: SignatureHeader,
  parts: CanonicalParts,
  signs: SignatureTest,
): string {
  if (signs(canonicalText(parts), signature.toLowerCase())) {
    return 'It verifies in lower case: write the signature in lower-case hex digits.'
  }
  const mistake = MISTAKES.find(({ signed }) => signs(signed(parts, request)))
  return (
    mistake?.hint ??
    'Compare the canonical request with that of the client; where they are equal, the secret key differs.'
  )
}

function withoutPort(line: string): string {
  return line.startsWith('host:') ? line.replace(/:\d+$/, '') : line
}
