import type { FormatSection } from './reference.ts'

const PHASES = 'phases: { initial: calm, others: [outage] }\n'
const WHEN = `${PHASES}rules: [{ name: r, when: { … }, then: {} }]`
const THEN = `${PHASES}rules: [{ name: r, when: {}, then: { … } }]`

/** What rules are made of. */
export const ofRules: readonly FormatSection[] = [
  {
    path: 'rules[]',
    around: 'rules: [{ name: late, when: {}, then: {}, … }]',
    keys: [
      { key: 'name', says: 'Unique in the world: counts and chance hang on it', example: '' },
      { key: 'summary', says: 'For people', example: 'summary: Answers are late.' },
      { key: 'when', says: 'What a request must look like; `{}` is every request', example: '' },
      { key: 'then', says: 'What happens; `{}` lets it through, past the rules below', example: '' },
      {
        key: 'continue',
        says: 'Lets rules below happen too; without it the first that fits is the only one',
        example: 'continue: true',
      },
      {
        key: 'per',
        says: 'Whose requests `nth`, `first` and `every` count together: the `world` (the default), or each `project`',
        example: 'per: project',
      },
    ],
  },
  {
    path: 'rules[].when',
    around: WHEN,
    keys: [
      {
        key: 'operation',
        says: 'An id, a pattern with `*`, a whole API (`face:ims`, `face:openstack`, `face:iam`, `face:eps`), or a list of them',
        example: 'operation: [CreateImage, CopyImage*]',
      },
      { key: 'method', says: 'One, or a list', example: 'method: [GET, HEAD]' },
      {
        key: 'path',
        says: 'A pattern for the path, without the query and without the way to the world',
        example: 'path: /v2/images/*/file',
      },
      { key: 'project', says: 'Project ids', example: 'project: 0605767a9500d5ed2fb3c00a8e3a0d4c' },
      { key: 'user', says: 'User ids or names', example: 'user: [demo, reader]' },
      { key: 'phase', says: 'Phases that the world must be in', example: 'phase: outage' },
      {
        key: 'headers',
        says: 'Headers by name, each with a matcher',
        example: "headers: { user-agent: { matches: '^terraform' } }",
      },
      {
        key: 'query',
        says: 'Query parameters by name, each with a matcher',
        example: 'query: { marker: { present: true } }',
      },
      {
        key: 'body',
        says: 'Fields of a JSON body by path (`name`, `tags[0].key`, `images[*]`), each with a matcher',
        example: 'body: { image_url: { matches: qcow2$ } }',
      },
      {
        key: 'resource',
        says: 'The image that the path names, as it is before the request',
        example: 'resource: { status: active }',
      },
      {
        key: 'after',
        says: "From then on: so long since the world's start, or an instant",
        example: 'after: 5m',
      },
      { key: 'before', says: 'Until then', example: 'before: 2030-01-01T00:00:00Z' },
      {
        key: 'probability',
        says: 'A part of the requests, 0 to 1, drawn from the seed',
        example: 'probability: 0.5',
      },
      {
        key: 'nth',
        says: 'Which of the requests that fit everything else, counted from 1: a number or a list',
        example: 'nth: [2, 5]',
      },
      { key: 'first', says: 'The first so many of them', example: 'first: 3' },
      { key: 'every', says: 'One in so many of them', example: 'every: 2' },
    ],
  },
  {
    path: 'matcher',
    around: 'rules: [{ name: r, when: { body: { name: { … } } }, then: {} }]',
    keys: [
      {
        key: 'equals',
        says: 'This value; numbers and their texts are the same. Short: `name: web`',
        example: 'equals: web',
      },
      { key: 'in', says: 'One of these. Short: `name: [web, db]`', example: 'in: [web, db]' },
      {
        key: 'matches',
        says: 'A regular expression that is found somewhere in it',
        example: "matches: '^web-[0-9]+$'",
      },
      { key: 'present', says: 'It is there', example: 'present: true' },
      { key: 'absent', says: 'It is not there', example: 'absent: true' },
    ],
  },
  {
    path: 'rules[].when.resource',
    around: 'rules: [{ name: r, when: { resource: { … } }, then: {} }]',
    keys: [
      { key: 'id', says: 'Its id', example: 'id: 6a6a2ae4-0a3c-4c1f-8d4c-7f1b6d1f8b11' },
      { key: 'status', says: 'Its state', example: 'status: [active, deactivated]' },
      { key: 'name', says: 'Its name', example: "name: { matches: '^web' }" },
      { key: 'tag', says: 'One of its tags: `key`, or `key=value`', example: 'tag: stage=test' },
      { key: 'visibility', says: 'Who sees it', example: 'visibility: private' },
    ],
  },
  {
    path: 'rules[].then',
    around: THEN,
    keys: [
      {
        key: 'error',
        says: 'The answer instead: a code with its status and text, or what you write',
        example: 'error: IMG.0015',
      },
      {
        key: 'latency',
        says: 'The answer waits: fixed, a range, or lognormal. Real time, at most 10m',
        example: 'latency: 200ms-2s',
      },
      {
        key: 'throttle',
        says: '429 with APIGW.0308 and `Retry-After`, instead of the answer; `true` is a second',
        example: 'throttle: { retry_after: 5s }',
      },
      {
        key: 'disconnect',
        says: 'The connection is cut: `before-headers` or `mid-body`; the operation is carried out all the same',
        example: 'disconnect: mid-body',
      },
      {
        key: 'truncate',
        says: 'Only so much of the body is sent, bytes or a part, and then the connection is cut',
        example: 'truncate: 50%',
      },
      { key: 'slow', says: 'How fast the body is sent, in real time', example: 'slow: 1KiB/s' },
      { key: 'malformed', says: 'A body that is no JSON', example: 'malformed: true' },
      {
        key: 'content_length',
        says: 'A length that promises more than is sent',
        example: 'content_length: wrong',
      },
      {
        key: 'stale',
        says: 'Reads do not find images that were made within this span',
        example: 'stale: 30s',
      },
      {
        key: 'job',
        says: 'How the job that the request starts goes on',
        example: 'job: { fail_at: 60%, error: IMG.0057 }',
      },
      {
        key: 'image',
        says: 'Events of the machine that happen to the image which the path names, before the request is carried out',
        example: 'image: deactivate',
      },
      {
        key: 'set',
        says: 'Fields of a JSON answer that are overridden, by path',
        example: "set: { 'images[*].status': active }",
      },
      { key: 'enter', says: 'The phase of the world from the next request on', example: 'enter: outage' },
      { key: 'quota', says: 'Quotas for this request alone', example: 'quota: { private_images: 0 }' },
    ],
  },
  {
    path: 'rules[].then.error',
    around: 'rules: [{ name: r, when: {}, then: { error: { … } } }]',
    keys: [
      { key: 'code', says: 'A code of the catalogue', example: 'code: APIGW.0201' },
      { key: 'status', says: "Instead of the code's status", example: 'code: APIGW.0201, status: 502' },
      {
        key: 'message',
        says: "Instead of the code's text",
        example: 'code: IMG.0057, message: The file is broken.',
      },
      {
        key: 'body',
        says: 'Sent as it is, instead of what the API makes of code and message; a text as text, all else as JSON',
        example: 'status: 502, body: { oops: true }',
      },
      { key: 'headers', says: 'Further headers', example: "status: 503, headers: { Retry-After: '9' }" },
    ],
  },
  {
    path: 'rules[].then.latency',
    around: 'rules: [{ name: r, when: {}, then: { latency: { … } } }]',
    keys: [
      { key: 'median', says: 'Half of the answers wait less', example: 'median: 300ms, sigma: 0.5' },
      {
        key: 'sigma',
        says: 'How far they spread: 0.5 is mild, 1 has a long tail',
        example: 'median: 300ms, sigma: 1',
      },
    ],
  },
  {
    path: 'rules[].then.throttle',
    around: 'rules: [{ name: r, when: {}, then: { throttle: { … } } }]',
    keys: [
      { key: 'retry_after', says: 'What `Retry-After` says, in whole seconds', example: 'retry_after: 5s' },
    ],
  },
  {
    path: 'rules[].then.job',
    around: 'rules: [{ name: r, when: {}, then: { job: { … } } }]',
    keys: [
      {
        key: 'fail_at',
        says: "It fails there: a part of its progress, or a time at the cloud's own pace. Its end when only `error` is said",
        example: 'fail_at: 60%',
      },
      {
        key: 'error',
        says: 'The code that it fails with; IMG.0061 when it is not said',
        example: 'error: IMG.0057',
      },
      {
        key: 'stuck',
        says: 'It stays there for ever; `true` is just before its end',
        example: 'stuck: 40%',
      },
      { key: 'flow', says: 'It follows another flow of the scenario', example: 'flow: copy-image' },
    ],
  },
]
