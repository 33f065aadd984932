import { expect, test } from 'vitest'
import { advancedLines, clockLines } from '../../src/cli/commands/clock.ts'
import { barLine, progressOn, refusalIn } from '../../src/cli/commands/image.ts'
import { explainedLines, ruleLines } from '../../src/cli/commands/rules.ts'
import { exportLines, quoted } from '../../src/cli/commands/world.ts'
import { bytesInWords, inColumns } from '../../src/cli/output.ts'

const now = '2026-01-01T00:00:00.000Z'
const idle = { now, rate: 0, frozen: true, next: null, planned: 0 }

test('a clock is printed with its rate and what is due next', () => {
  const next = '2026-01-01T00:01:00.000Z'
  expect([
    ...clockLines(idle),
    ...clockLines({ now, rate: 1, frozen: false, next, planned: 1 }),
    ...clockLines({ now, rate: 60, frozen: false, next, planned: 6 }),
  ]).toEqual([
    `${now}  frozen, nothing planned`,
    `${now}  as fast as the host, 1 step planned, the next at ${next}`,
    `${now}  60 virtual seconds per second, 6 steps planned, the next at ${next}`,
  ])
})

test('an advance prints a line for each settled step, then the clock', () => {
  const settled = [
    { at: now, job_id: 'a1', job: 'RUNNING', image: ['save'], progress: 5 },
    { at: now, job_id: 'a1', job: 'FAIL', error: 'IMG.0057' },
  ]
  expect(advancedLines({ ...idle, settled })).toEqual([
    `${now}  job a1  RUNNING, image save, 5 %`,
    `${now}  job a1  FAIL, IMG.0057`,
    `${now}  frozen, nothing planned`,
  ])
})

test('columns are as wide as their widest cell', () => {
  expect(
    inColumns([
      ['a', 'bb', 'c'],
      ['long', '', ''],
    ]),
  ).toEqual(['a     bb  c', 'long'])
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [3 * 2 ** 30, '3.0 GiB'],
])('%i bytes are %s', (bytes, words) => {
  expect(bytesInWords(bytes)).toBe(words)
})

test('the progress bar fits the screen, and a narrow screen has the amounts alone', () => {
  expect(barLine(512, 1024, 49)).toBe('[########--------]  50 %       512 B of 1.0 KiB')
  expect(barLine(512, 1024, 20)).toBe(' 50 %       512 B of 1.0 KiB')
})

/** Collects the output of an upload in two halves. */
function written(screen: { isTTY?: boolean; columns?: number }): string[] {
  const texts: string[] = []
  const progress = progressOn(
    { ...screen, write: (text) => texts.push(text) },
    { path: 'd.raw', format: 'raw', size: 2 },
  )
  progress.begin()
  progress.moved(1)
  progress.moved(1)
  progress.done()
  return texts
}

test('an upload prints a moving bar on a terminal, else a line at the beginning and one at the end', () => {
  expect(written({ isTTY: true, columns: 37 })).toEqual([
    '\r[--------]   0 %         0 B of 2 B',
    '\r[####----]  50 %         1 B of 2 B',
    '\r[########] 100 %         2 B of 2 B',
    '\n',
  ])
  expect(written({})).toEqual(['uploading d.raw (raw, 2 B)\n', 'uploaded d.raw (raw, 2 B)\n'])
})

const rule = { name: 'down', when: { operation: 'ListImages' }, then: { error: 'APIGW.0201' } }
const listed = { name: 'down', summary: null, hits: 1, matched: 2, source: 'run time' as const, rule }

test('a rule without a summary is listed with its JSON', () => {
  expect(ruleLines([listed, { ...listed, name: 'b', summary: 'what it is for' }])).toEqual([
    'NAME  APPLIED  MATCHED  SOURCE    SUMMARY',
    'down  1        2        run time  {"when":{"operation":"ListImages"},"then":{"error":"APIGW.0201"}}',
    'b     1        2        run time  what it is for',
  ])
})

test('a rule is explained without candidate requests', () => {
  expect(explainedLines({ ...listed, requests: [] })).toEqual([
    'down: applied 1 time, matched 2 requests',
    'when {"operation":"ListImages"}',
    'then {"error":"APIGW.0201"}',
    'no candidate requests so far',
  ])
})

test.each([
  ['an IMS error', '{"error":{"code":"IMG.0015","message":"Too many."}}', 'IMG.0015 Too many.'],
  ['a gateway error', '{"error_code":"APIGW.0301","error_msg":"Who?"}', 'APIGW.0301 Who?'],
  [
    "a page of Glance's",
    '<html><head><title>400 Bad</title></head><body><h1>400 Bad</h1>&#x27;x&#x27; is no format\n\nFailed validating all</body></html>',
    "'x' is no format",
  ],
])('code and message are extracted from %s', (_what, body, words) => {
  expect(refusalIn(body)).toBe(words)
})

test('export lines unset the variables of values that the world lacks', () => {
  const lines = exportLines(
    {
      name: 'blue',
      endpoint: 'http://127.0.0.1:1/w/blue',
      scenario: 'standard',
      seed: 1,
      auth: 'lenient',
      time: now,
      region: 'cn-north-4',
      project_id: 'p',
      access_key: "it's",
      secret_key: null,
      token: 't',
      users: {
        'demo-east': {
          user_id: 'u',
          project_id: 'e',
          domain_id: 'd',
          access_key: 'EAST',
          secret_key: 's',
          token: null,
        },
      },
    },
    'http://127.0.0.1:1',
  )
  expect(lines).toEqual([
    'export IMS_URL=http://127.0.0.1:1',
    'export IMS_WORLD=blue',
    'export IMS_ENDPOINT=http://127.0.0.1:1/w/blue',
    'export IMS_PROJECT_ID=p',
    'export IMS_REGION=cn-north-4',
    "export IMS_ACCESS_KEY='it'\\''s'",
    'unset IMS_SECRET_KEY',
    'export IMS_TOKEN=t',
    'export IMS_DEMO_EAST_PROJECT_ID=e',
    'export IMS_DEMO_EAST_ACCESS_KEY=EAST',
    'export IMS_DEMO_EAST_SECRET_KEY=s',
    'unset IMS_DEMO_EAST_TOKEN',
    "export HUAWEICLOUD_SDK_AK='it'\\''s'",
    'unset HUAWEICLOUD_SDK_SK',
    'export HUAWEICLOUD_SDK_PROJECT_ID=p',
  ])
})

test('texts with special characters are quoted for a shell', () => {
  expect([quoted('a-b/c:1'), quoted(''), quoted('$(x)')]).toEqual(['a-b/c:1', "''", "'$(x)'"])
})
