import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAuthorization, verifySignature } from '../../../src/accounts/signature/verify.ts'
import { type Draft, escaped, sha256, sign } from './signer.ts'

const NOW = Date.UTC(2024, 4, 6, 7, 8, 9)

const name = fc.stringMatching(/^x-[a-z]{1,6}$/).filter((text) => text !== 'x-sdk')
const value = fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/)
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
// Segments have no slash: they are signed decoded, so an escaped slash would be the same path.
const segment = text.filter((part) => !part.includes('/'))

const drafts: fc.Arbitrary<Draft> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  segments: fc.array(segment, { minLength: 1, maxLength: 4 }),
  query: fc.array(fc.tuple(text, fc.string({ unit: 'grapheme', maxLength: 8 })), {
    minLength: 1,
    maxLength: 4,
  }),
  headers: fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }),
  body: fc.string({ unit: 'grapheme', maxLength: 40 }),
  date: fc.constant('20240506T070809Z'),
  accessKey: fc.constant('AK'),
  secretKey: fc.string({ minLength: 1, maxLength: 40 }),
  encoding: fc.constantFrom('once', 'twice'),
})

/** The same, half of them with a scope. */
const scopedOrNot: fc.Arbitrary<Draft> = fc
  .tuple(drafts, fc.constantFrom(undefined, '/', 'eu-de/ims'))
  .map(([draft, scope]) => (scope === undefined ? draft : { ...draft, scope }))

interface Wire {
  draft: Draft
  bodyHash: string
  authorization: string
}

/** Verifies the request of a draft with a signature that may be of another draft. */
function verifies({ draft, bodyHash, authorization }: Wire): boolean {
  const header = parseAuthorization(authorization)
  if (header === undefined) return false
  const { method, target, headers } = sign(draft)
  return verifySignature({ method, target, headers, bodyHash }, header, draft.secretKey, [NOW]).valid
}

function signed(draft: Draft): Wire {
  const { bodyHash, authorization } = sign(draft)
  return { draft, bodyHash, authorization }
}

function flipped(given: string, at: number): string {
  const place = at % given.length
  const other = given[place] === 'q' ? 'z' : 'q'
  return given.slice(0, place) + other + given.slice(place + 1)
}

/** Changes of one part that the signature covers. */
const CHANGES: Readonly<Record<string, (wire: Wire, at: number) => Wire>> = {
  'the method': (wire, at) => redraft(wire, { method: flipped(wire.draft.method, at) }),
  'a path segment': (wire, at) => {
    const { segments } = wire.draft
    return redraft(wire, {
      segments: segments.map((part, i) => (i === at % segments.length ? flipped(part, at) : part)),
    })
  },
  'one more path segment': (wire) => redraft(wire, { segments: [...wire.draft.segments, 'more'] }),
  'a query name': (wire, at) =>
    redraft(wire, { query: wire.draft.query.map(([key, v], i) => [i === 0 ? flipped(key, at) : key, v]) }),
  'a query value': (wire) =>
    redraft(wire, { query: wire.draft.query.map(([key, v], i) => [key, i === 0 ? `${v}q` : v]) }),
  'a signed header': (wire, at) => {
    const entries = Object.entries(wire.draft.headers).map(([key, v], i) => [
      key,
      i === 0 ? flipped(v, at) : v,
    ])
    return redraft(wire, { headers: Object.fromEntries(entries) })
  },
  'the body': (wire) => ({ ...wire, bodyHash: sha256(`${wire.draft.body.toString()}q`) }),
  'the date': (wire) => redraft(wire, { date: '20240506T070808Z' }),
  'the scope': (wire) => {
    const { authorization } = sign({ ...wire.draft, scope: 'eu-nl/ims' })
    return { ...wire, authorization: authorization.replace('eu-nl/', 'eu-de/') }
  },
  'the secret key': (wire, at) => redraft(wire, { secretKey: flipped(wire.draft.secretKey, at) }),
  'the signature': (wire, at) => {
    const start = wire.authorization.indexOf('Signature=') + 10
    const { authorization } = wire
    return { ...wire, authorization: authorization.slice(0, start) + flipped(authorization.slice(start), at) }
  },
}

function redraft(wire: Wire, change: Partial<Draft>): Wire {
  return { ...wire, draft: { ...wire.draft, ...change } }
}

test('every signed request verifies', () => {
  fc.assert(fc.property(scopedOrNot, (draft) => verifies(signed(draft))))
})

test.each(Object.entries(CHANGES))('signature does not verify after a change of %s', (_what, change) => {
  fc.assert(fc.property(scopedOrNot, fc.nat(1000), (draft, at) => !verifies(change(signed(draft), at))))
})

test('request of any characters gets a verdict', () => {
  const any = fc.string({ unit: 'binary', maxLength: 60 })
  const target = fc.oneof(
    any,
    fc.array(fc.constantFrom('%', '/', '?', '&', '=', '+', '%E9', '\u00e9', '%ff')).map((a) => a.join('')),
  )
  fc.assert(
    fc.property(any, target, fc.array(any), any, any, (method, at, names, signature, secretKey) => {
      const headers = new Headers({ 'x-sdk-date': '20240506T070809Z' })
      const header = { accessKey: 'AK', signedHeaders: names, signature }
      const signing = { ...header, signedHeaders: ['x-sdk-date'] }
      const request = { method, target: at, headers, bodyHash: sha256('') }
      expect(verifySignature(request, header, secretKey, [NOW]).valid).toBe(false)
      expect(verifySignature(request, signing, secretKey, [NOW]).valid).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test.each(['/', '&', '%', '%E9', 'a=b&', '%20', escaped('镜')])(
  'target with 60,000 repetitions of %j gets a verdict',
  (piece) => {
    const headers = new Headers({ 'x-sdk-date': '20240506T070809Z' })
    const header = { accessKey: 'AK', signedHeaders: ['x-sdk-date'], signature: 'ab' }
    const request = { method: 'GET', target: `/?${piece.repeat(60_000)}`, headers, bodyHash: sha256('') }
    expect(verifySignature(request, header, 'secret', [NOW]).valid).toBe(false)
  },
)
