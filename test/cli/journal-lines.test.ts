import { expect, test } from 'vitest'
import { requestLines } from '../../src/cli/commands/journal.ts'
import type { Paint } from '../../src/cli/output.ts'

const plain: Paint = (_style, text) => text

const entry = {
  number: 1,
  request_id: '0'.repeat(32),
  time: '2026-01-01T00:00:00.000Z',
  duration_ms: 3.123,
  service: 'ims',
  method: 'GET',
  path: '/v2/cloudimages?limit=1',
  operation: 'ListImages',
  status: 200,
  code: null,
  project_id: null,
  user_id: null,
  unread: [],
  rules: [],
}
const said = {
  request: { headers: {}, body: { size: 7, text: '{"a":1}' } },
  response: { content_type: 'application/json', body: { size: 5000, text: '{"b":', cut: true as const } },
}

test('a request is one line with time, status, method, path, operation and duration', () => {
  expect(requestLines(entry, plain)).toEqual([
    '2026-01-01T00:00:00.000Z  200  GET     /v2/cloudimages?limit=1  ListImages  3.1 ms',
  ])
})

test('the line has the error code and the applied rules, the next one the fields that were not read', () => {
  const refused = {
    ...entry,
    status: 503,
    code: 'APIGW.0201',
    rules: ['down', 'slow'],
    unread: ['query.bogus'],
  }
  expect(requestLines({ ...refused, duration_ms: 1234.5 }, plain)).toEqual([
    '2026-01-01T00:00:00.000Z  503  GET     /v2/cloudimages?limit=1  ListImages  APIGW.0201  1235 ms  [down, slow]',
    '  not read: query.bogus',
  ])
})

test('a further line tells what a misspelt field means', () => {
  const meant = { 'body.os_version': 'CentOS 7.6 64bit' }
  expect(requestLines({ ...entry, meant }, plain)[1]).toBe('  body.os_version means CentOS 7.6 64bit')
})

test('a request for an unknown path has no operation', () => {
  expect(requestLines({ ...entry, path: '/nope', operation: null, status: 404 }, plain)).toEqual([
    '2026-01-01T00:00:00.000Z  404  GET     /nope  no operation  3.1 ms',
  ])
})

test('a request for an operation that is not emulated names the service', () => {
  const unknown = { ...entry, service: 'dns', path: '/v2/zones', operation: null, unsupported: true as const }
  expect(requestLines({ ...unknown, status: 404 }, plain)).toEqual([
    '2026-01-01T00:00:00.000Z  404  GET     /v2/zones  not emulated (dns)  3.1 ms',
  ])
})

test('bodies follow the request, a cut one with its length', () => {
  expect(requestLines({ ...entry, ...said }, plain).slice(1)).toEqual([
    '  > {"a":1}',
    '  < {"b": … (5000 bytes)',
  ])
})

test.each([
  ['a secret', { size: 40, omitted: 'secret' as const }, '(40 bytes, not recorded: it holds secrets)'],
  ['a stream', { omitted: 'stream' as const }, '(of unknown length, not recorded: it was streamed)'],
  ['a dropped body', { size: 9, omitted: 'forgotten' as const }, '(9 bytes, dropped to make room)'],
  ['bytes', { size: 3, base64: 'AAEC' }, '(3 bytes, not text)'],
])('an omitted body has the reason: %s', (_what, body, words) => {
  const request = { headers: {}, body }
  const response = { content_type: null, body: null }
  expect(requestLines({ ...entry, request, response }, plain).slice(1)).toEqual([`  > ${words}`])
})

test('control characters are escaped', () => {
  expect(requestLines({ ...entry, rules: ['\u001b[2J'] }, plain)[0]).toContain('[\\u001b[2J]')
})

test('a 4xx status is yellow and a 5xx status red', () => {
  const marked: Paint = (style, text) => `<${style}>${text}`
  const styles = [200, 404, 500].map(
    (status) => requestLines({ ...entry, status }, marked)[0]?.split('  ')[1],
  )
  expect(styles).toEqual(['<green>200', '<yellow>404', '<red>500'])
})
