import { expect, test } from 'vitest'
import { compileThen, type Effects, Then } from '../../../src/simulation/rules/then.ts'
import { mistakesOf } from './parsing.ts'
import { errors } from './rule-world.ts'

const NOTHING: Effects = {
  error: undefined,
  throttleMs: undefined,
  disconnect: undefined,
  truncate: undefined,
  bytesPerSecond: undefined,
  virtualTime: false,
  malformed: false,
  wrongContentLength: false,
  staleMs: undefined,
  job: undefined,
  memberStatus: undefined,
  image: [],
  fixtures: undefined,
  set: undefined,
  headers: {},
  enter: undefined,
  quota: {},
}
const UNCHANGED_JOB = { failAt: undefined, error: undefined, stuckAt: undefined, flow: undefined }
const BARE = { code: undefined, message: undefined, body: undefined, headers: {} }
const UNAVAILABLE = {
  code: 'APIGW.0201',
  status: 503,
  message: 'Backend unavailable.',
  body: undefined,
  headers: {},
}
const THROTTLED = {
  ...BARE,
  code: 'APIGW.0308',
  status: 429,
  message: 'The throttling threshold has been reached.',
}

test.each<[string, unknown, Partial<Effects>]>([
  ['no effect', {}, {}],
  ['a code', { error: 'APIGW.0201' }, { error: UNAVAILABLE }],
  [
    'a code with a status',
    { error: { code: 'APIGW.0201', status: 502 } },
    { error: { ...UNAVAILABLE, status: 502 } },
  ],
  [
    'a code with a message',
    { error: { code: 'APIGW.0201', message: 'No.' } },
    { error: { ...UNAVAILABLE, message: 'No.' } },
  ],
  [
    'an answer in parts',
    { error: { status: 418, body: { tea: true }, headers: { 'X-Tea': 'yes' } } },
    { error: { ...BARE, status: 418, body: { tea: true }, headers: { 'X-Tea': 'yes' } } },
  ],
  ['throttling', { throttle: true }, { error: { ...THROTTLED, headers: { 'Retry-After': '1' } } }],
  [
    'throttling for a time, rounded up to seconds',
    { throttle: { retry_after: '2500ms' } },
    { error: { ...THROTTLED, headers: { 'Retry-After': '3' } } },
  ],
  ['headers', { headers: { 'X-Cache': 'HIT' } }, { headers: { 'X-Cache': 'HIT' } }],
  ['a latency, which is drawn for each request', { latency: '200ms-2s' }, {}],
  ['a latency with a long tail', { latency: { median: '200ms', sigma: 1 } }, {}],
  ['a cut before the headers', { disconnect: 'before-headers' }, { disconnect: 'before-headers' }],
  ['a cut in the body', { disconnect: 'mid-body' }, { disconnect: 'mid-body' }],
  ['a body cut after some bytes', { truncate: 10 }, { truncate: { bytes: 10 } }],
  ['a body cut after a percentage', { truncate: '25%' }, { truncate: { part: 0.25 } }],
  ['a slow body', { slow: '1.5KiB/s' }, { bytesPerSecond: 1536 }],
  ['broken JSON', { malformed: true }, { malformed: true }],
  ['a wrong length', { content_length: 'wrong' }, { wrongContentLength: true }],
  ['stale reads', { stale: '10s' }, { staleMs: 10_000 }],
  [
    'a job that fails',
    { job: { fail_at: '60%', error: 'IMG.0057' } },
    { job: { ...UNCHANGED_JOB, failAt: { part: 0.6 }, error: 'IMG.0057' } },
  ],
  [
    'a job that fails after a time',
    { job: { fail_at: '30s' } },
    { job: { ...UNCHANGED_JOB, failAt: { ms: 30_000 } } },
  ],
  [
    'a job that fails at its end',
    { job: { error: 'IMG.0057' } },
    { job: { ...UNCHANGED_JOB, failAt: { part: 1 }, error: 'IMG.0057' } },
  ],
  ['a job that never ends', { job: { stuck: true } }, { job: { ...UNCHANGED_JOB, stuckAt: 1 } }],
  ['a job that stops', { job: { stuck: '60%' } }, { job: { ...UNCHANGED_JOB, stuckAt: 0.6 } }],
  ['another flow', { job: { flow: 'copy-image' } }, { job: { ...UNCHANGED_JOB, flow: 'copy-image' } }],
  ['an event', { image: 'fail' }, { image: ['fail'] }],
  ['events', { image: ['fail', 'delete'] }, { image: ['fail', 'delete'] }],
  ['fields', { set: { 'images[0].status': 'queued' } }, { set: { 'images[0].status': 'queued' } }],
  ['a phase', { enter: 'outage' }, { enter: 'outage' }],
  ['a quota', { quota: { private_images: 0 } }, { quota: { private_images: 0 } }],
])('%s is compiled', (_, then, effects) => {
  expect(compileThen(Then.parse(then), errors)).toEqual({ ...NOTHING, ...effects })
})

test.each([
  ['an unknown effect', { eror: 'IMG.0057' }, ': Unrecognized key: "eror"'],
  ['an error without code and status', { error: { message: 'No.' } }, 'error: must have a code or a status'],
  [
    'an error with a message and a body',
    { error: { status: 500, message: 'No.', body: 'No.' } },
    'error: must have a message or a body, not both: a body is sent as it is',
  ],
  ['an invalid status', { error: { status: 42 } }, /^error.status: Too small/],
  [
    'a header that would break the answer',
    { error: { status: 500, headers: { a: 'b\r\nc: d' } } },
    /printable ASCII/,
  ],
  ['an invalid latency', { latency: 'long' }, /^latency: must be a duration or a range of durations/],
  ['a latency of an hour', { latency: '1h' }, /at most 10m/],
  ['an invalid spread', { latency: { median: '1s', sigma: 0 } }, /^latency.sigma: Too small/],
  ['a throttle that is off', { throttle: false }, /^throttle: /],
  ['a cut at an unknown point', { disconnect: 'later' }, /^disconnect: Invalid option/],
  ['a negative number of bytes', { truncate: -1 }, /^truncate: Too small/],
  ['more than 100 %', { truncate: '101%' }, 'truncate: must be a percentage from 0% to 100%, e.g. 60%'],
  ['a speed without a unit', { slow: '100' }, 'slow: must be bytes per second, e.g. 512B/s or 1KiB/s'],
  ['a lag of zero', { stale: '0s' }, 'stale: must be one duration above zero, e.g. 90s'],
  ['a job without an effect', { job: {} }, 'job: has no effect; write fail_at, error, stuck or flow'],
  [
    'a job that is stuck and fails',
    { job: { stuck: true, error: 'IMG.0057' } },
    'job: a job that is stuck does not fail; write stuck, or fail_at and error',
  ],
  ['no events', { image: [] }, /^image: Too small/],
  ['no fields', { set: {} }, 'set: has no field'],
  ['a quota below zero', { quota: { private_images: -1 } }, /^quota.private_images: Too small/],
])('%s is refused', (_, then, message) => {
  expect(mistakesOf(Then, then).join('\n')).toMatch(message)
})

const error = 'IMG.0057'
const cut = 'nothing of an answer is sent before the headers'
test.each([
  [{ error, throttle: true }, 'throttle: error and throttle cannot go together: both are the answer'],
  [{ error, set: { a: 1 } }, 'set: error and set cannot go together: the operation is not carried out'],
  [{ error, stale: '1s' }, 'stale: error and stale cannot go together: the operation is not carried out'],
  [
    { error, job: { stuck: true } },
    'job: error and job cannot go together: the operation is not carried out',
  ],
  [{ error, quota: { a: 1 } }, 'quota: error and quota cannot go together: the operation is not carried out'],
  [
    { throttle: true, set: { a: 1 } },
    'set: throttle and set cannot go together: the operation is not carried out',
  ],
  [
    { throttle: true, image: 'fail' },
    'image: throttle and image cannot go together: a throttled request reaches no image',
  ],
  [
    { disconnect: 'mid-body', truncate: 1 },
    'truncate: disconnect and truncate cannot go together: a cut connection already ends the body early',
  ],
  [
    { disconnect: 'mid-body', content_length: 'wrong' },
    'content_length: disconnect and content_length cannot go together: a cut connection already breaks the length',
  ],
  [
    { truncate: 1, content_length: 'wrong' },
    'content_length: truncate and content_length cannot go together: both are about how much of the body arrives',
  ],
  [{ disconnect: 'before-headers', error }, `error: disconnect and error cannot go together: ${cut}`],
  [{ disconnect: 'before-headers', slow: '1B/s' }, `slow: disconnect and slow cannot go together: ${cut}`],
])('%j is refused with the reason', (then, sentence) => {
  expect(mistakesOf(Then, then)).toEqual([sentence])
})

test('an error goes together with latency, a slow body, a cut body, a phase and an event', () => {
  expect(
    mistakesOf(Then, { error, latency: '1s', slow: '10B/s', truncate: '50%', enter: 'x', image: 'fail' }),
  ).toEqual([])
})
