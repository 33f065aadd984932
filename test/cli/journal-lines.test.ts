import { expect, test } from 'vitest'
import { requestLines } from '../../src/cli/journal-lines.ts'
import { type Paint, plain } from '../../src/cli/paint.ts'

const entry = {
  number: 1,
  request_id: '0'.repeat(32),
  time: '2026-01-01T00:00:00.000Z',
  duration_ms: 3.123,
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

test('a request is one line: time, status, method, path, operation, duration', () => {
  expect(requestLines(entry, plain)).toEqual([
    '2026-01-01T00:00:00.000Z  200  GET     /v2/cloudimages?limit=1  ListImages  3.1 ms',
  ])
})

test('the code and the rules that happened stand on the line, what nothing read below it', () => {
  const refused = {
    ...entry,
    status: 503,
    code: 'APIGW.0201',
    rules: ['down', 'slow'],
    unread: ['query.bogus'],
  }
  expect(requestLines({ ...refused, duration_ms: 1234.5 }, plain)).toEqual([
    '2026-01-01T00:00:00.000Z  503  GET     /v2/cloudimages?limit=1  ListImages  APIGW.0201  1235 ms  [down, slow]',
    '  nothing read query.bogus',
  ])
})

test('a path that no operation has says so', () => {
  expect(requestLines({ ...entry, path: '/nope', operation: null, status: 404 }, plain)).toEqual([
    '2026-01-01T00:00:00.000Z  404  GET     /nope  no operation  3.1 ms',
  ])
})

test('bodies follow, and one that is not whole says how long it was', () => {
  expect(requestLines({ ...entry, ...said }, plain).slice(1)).toEqual([
    '  > {"a":1}',
    '  < {"b": … (5000 bytes)',
  ])
})

test.each([
  ['a secret', { size: 40, omitted: 'secret' as const }, '(40 bytes, not kept, for it holds secrets)'],
  ['a stream', { omitted: 'stream' as const }, '(of unknown length, not kept, for it was streamed)'],
  [
    'one that made room',
    { size: 9, omitted: 'forgotten' as const },
    '(9 bytes, forgotten, for there was no more room)',
  ],
  ['bytes', { size: 3, base64: 'AAEC' }, '(3 bytes, not text)'],
])('a body that is not there says why: %s', (_what, body, words) => {
  const request = { headers: {}, body }
  const response = { content_type: null, body: null }
  expect(requestLines({ ...entry, request, response }, plain).slice(1)).toEqual([`  > ${words}`])
})

test('what a terminal would take for a command is escaped', () => {
  expect(requestLines({ ...entry, rules: ['\u001b[2J'] }, plain)[0]).toContain('[\\u001b[2J]')
})

test('a refusal is yellow and a fault red', () => {
  const marked: Paint = (style, text) => `<${style}>${text}`
  const styles = [200, 404, 500].map(
    (status) => requestLines({ ...entry, status }, marked)[0]?.split('  ')[1],
  )
  expect(styles).toEqual(['<green>200', '<yellow>404', '<red>500'])
})
