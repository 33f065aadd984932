import { ofRules } from './reference-rules.ts'

/** A key of the format: what it says, in a line, and how it is written. */
interface KeyEntry {
  key: string
  /** Shown in the page and by editors; sentences without a full stop at the end. */
  says: string
  /** YAML that stands where the section's `around` has its dots. */
  example: string
}

/** The keys that stand together in one map. */
export interface FormatSection {
  /** Where in the format: `*` is any name, `[]` each of a list. */
  path: string
  /** A whole scenario file around an example, which stands at the dots. */
  around: string
  keys: readonly KeyEntry[]
}

/** The format key by key, in the order of the page. A test holds that these are all the keys there are. */
export const reference: readonly FormatSection[] = [
  {
    path: '',
    around: '…',
    keys: [
      { key: 'scenario', says: 'Its name, as it is shown', example: 'scenario: my-cloud' },
      { key: 'summary', says: 'What it is for, in a sentence', example: 'summary: Exports take an hour.' },
      {
        key: 'extends',
        says: 'The scenario below: a shipped name, or a file beside this one; `standard` when it is not said',
        example: 'extends: instant',
      },
      {
        key: 'seed',
        says: 'Ids, ranges and probabilities are drawn from it: same seed and same requests, same answers',
        example: 'seed: 7',
      },
      { key: 'clock', says: 'What time it is, and how fast it goes', example: 'clock: { rate: 0 }' },
      {
        key: 'pace',
        says: "How many times faster than the cloud's the flows run; 1 is as slow as the cloud, `instant` is done at the first look",
        example: 'pace: 60',
      },
      {
        key: 'machine',
        says: 'The image state machine',
        example: 'machine: { states: { active: { on: { deactivate: deactivated } } } }',
      },
      {
        key: 'flows',
        says: 'What each job does over time, by name',
        example: 'flows: { export-image: [{ at: 0s, job: INIT }, { at: 1h, job: SUCCESS }] }',
      },
      { key: 'quotas', says: 'What a project may have', example: 'quotas: { private_images: 3 }' },
      {
        key: 'auth',
        says: 'Who is let in, and how long tokens are good',
        example: 'auth: { mode: strict, token_life: 1h }',
      },
      {
        key: 'phases',
        says: 'Named states of the whole world',
        example: 'phases: { initial: calm, moves: [{ from: calm, to: outage, when: { after: 5m } }] }',
      },
      {
        key: 'rules',
        says: 'What happens to which requests',
        example: 'rules: [{ name: late, when: { method: GET }, then: { latency: 1s } }]',
      },
      {
        key: 'fixtures',
        says: 'What the world starts with: shipped names, or files beside this one (`./my-images.yaml`)',
        example: 'fixtures: [demo-tenants, public-images]',
      },
    ],
  },
  {
    path: 'clock',
    around: 'clock: { … }',
    keys: [
      {
        key: 'start',
        says: "The time at which the world begins; the host's when it is not said",
        example: 'start: 2026-01-01T00:00:00Z',
      },
      {
        key: 'rate',
        says: 'Virtual seconds for each real one: 1 is the pace of the host, 0 stands until advanced',
        example: 'rate: 0',
      },
    ],
  },
  {
    path: 'machine',
    around: 'machine: { … }',
    keys: [
      { key: 'initial', says: 'The state of a new image', example: 'initial: queued' },
      {
        key: 'states',
        says: 'Every state by name',
        example: 'states: { quarantined: { on: { reactivate: active } } }',
      },
    ],
  },
  {
    path: 'machine.states.*',
    around: 'machine: { states: { active: { … } } }',
    keys: [
      {
        key: 'on',
        says: 'The moves out of it: event and next state; an event that is missing cannot happen',
        example: 'on: { deactivate: deactivated }',
      },
    ],
  },
  {
    path: 'flows.*[]',
    around: 'flows: { import-image: [{ … }] }',
    keys: [
      {
        key: 'at',
        says: "When, since the job was submitted and at the cloud's own pace; a range is drawn from the seed, `+ 4s/GiB` counts the bytes of the image",
        example: 'at: 60s-90s + 4s/GiB, progress: 60',
      },
      {
        key: 'job',
        says: 'The status that the job gets: INIT, RUNNING, SUCCESS or FAIL',
        example: 'at: 3s, job: RUNNING',
      },
      {
        key: 'image',
        says: 'Events of the machine that happen to the image; one that its state does not know is passed over',
        example: 'at: 3m, job: SUCCESS, image: activate',
      },
      {
        key: 'progress',
        says: 'The progress that the job shows, per cent',
        example: 'at: 60s, progress: 30',
      },
      {
        key: 'error',
        says: 'The code that a job which fails here shows',
        example: 'at: 90s, job: FAIL, error: IMG.0057',
      },
      {
        key: 'on',
        says: 'Instead of `at`: what happens to the image when the job fails, whenever that is',
        example: 'on: fail, image: [fail, delete]',
      },
    ],
  },
  {
    path: 'quotas',
    around: 'quotas: { … }',
    keys: [
      {
        key: 'private_images',
        says: 'Private images of a project; beyond it IMG.0015',
        example: 'private_images: 3',
      },
      { key: 'tags_per_image', says: 'Tags of an image', example: 'tags_per_image: 10' },
      {
        key: 'concurrent_creations',
        says: 'Images that are being made at once; beyond it IMG.0060',
        example: 'concurrent_creations: 2',
      },
      {
        key: 'concurrent_imports',
        says: 'Files that are being imported at once; beyond it IMG.0194',
        example: 'concurrent_imports: 1',
      },
      {
        key: 'concurrent_copies',
        says: 'Copies within the region at once; beyond it IMG.0060',
        example: 'concurrent_copies: 1',
      },
      {
        key: 'concurrent_region_copies',
        says: 'Copies into other regions at once; beyond it IMG.0149',
        example: 'concurrent_region_copies: 1',
      },
      {
        key: 'members_per_image',
        says: 'Projects that an image may be shared with',
        example: 'members_per_image: 5',
      },
      {
        key: 'members_per_whole_image',
        says: 'The same of a whole image',
        example: 'members_per_whole_image: 5',
      },
      {
        key: 'shared_images',
        says: 'Shared images that a project may accept',
        example: 'shared_images: 0',
      },
      {
        key: 'projects',
        says: 'By project id, what is otherwise there',
        example: 'projects: { 0605767a9500d5ed2fb3c00a8e3a0d4c: { private_images: 1 } }',
      },
      {
        key: 'requests',
        says: 'How often the cloud may be asked; beyond it 429 with APIGW.0308 and `Retry-After`. No limit when it is not said',
        example: 'requests: { rate: 200/s, per: project }',
      },
    ],
  },
  {
    path: 'quotas.requests',
    around: 'quotas: { requests: { … } }',
    keys: [
      {
        key: 'rate',
        says: "Requests per second, minute or hour of the world's time",
        example: 'rate: 30/m',
      },
      {
        key: 'per',
        says: 'Whose requests are counted together: `project` (the default) or `world`',
        example: 'rate: 200/s, per: world',
      },
    ],
  },
  {
    path: 'auth',
    around: 'auth: { … }',
    keys: [
      {
        key: 'mode',
        says: '`lenient`: whoever shows anything; `strict`: who proves it, and only what its roles allow',
        example: 'mode: strict',
      },
      { key: 'token_life', says: 'How long a new token is good', example: 'token_life: 1m' },
    ],
  },
  {
    path: 'phases',
    around: 'phases: { initial: calm, … }',
    keys: [
      { key: 'initial', says: 'Where the world begins', example: '' },
      {
        key: 'others',
        says: 'Phases that no move names, for rules and `PUT /_ims/phase` to enter',
        example: 'others: [outage]',
      },
      {
        key: 'moves',
        says: 'How the world goes from one to the next',
        example: 'moves: [{ from: calm, to: outage, when: { after: 5m } }]',
      },
    ],
  },
  {
    path: 'phases.moves[]',
    around: 'phases: { initial: calm, moves: [{ … }] }',
    keys: [
      {
        key: 'from',
        says: 'The phase that it leaves',
        example: 'from: calm, to: outage, when: { after: 5m }',
      },
      { key: 'to', says: 'The phase that it enters', example: 'from: calm, to: outage, when: { after: 5m }' },
      {
        key: 'when',
        says: 'What makes it: time, or requests',
        example: 'from: calm, to: outage, when: { operation: CopyImage* }',
      },
    ],
  },
  {
    path: 'phases.moves[].when',
    around: 'phases: { initial: calm, moves: [{ from: calm, to: outage, when: { … } }] }',
    keys: [
      {
        key: 'after',
        says: "So long after the phase was entered, on the world's clock",
        example: 'after: 5m',
      },
      {
        key: 'operation',
        says: 'With such a request, as in a rule',
        example: "operation: 'face:ims'",
      },
      {
        key: 'count',
        says: 'With so many of them; the next request is the first in the new phase',
        example: 'operation: ListImages, count: 3',
      },
    ],
  },
  ...ofRules,
]
