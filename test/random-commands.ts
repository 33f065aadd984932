import fc from 'fast-check'
import type { Reply, TestEmulator } from './emulator.ts'

/** A scenario with a frozen clock and many random decisions. */
export const SCENARIO = `
scenario: determined
summary: Time stands at a start of its own; flows and rules leave much to chance.
clock: { start: 2026-01-01T00:00:00Z, rate: 0 }
flows:
  import-image:
    - { at: 0s, job: INIT }
    - { at: 3s-60s, job: RUNNING, image: save, progress: 5 }
    - { at: 60s-300s + 20s/MiB, progress: 60 }
    - { at: 300s-600s, job: SUCCESS, image: activate, progress: 100 }
    - { on: fail, image: [fail, delete] }
quotas: { requests: { rate: 8/m, per: project } }
phases:
  initial: calm
  moves:
    - { from: calm, to: rough, when: { after: 90s } }
    - { from: rough, to: calm, when: { operation: ListImages, count: 2 } }
rules:
  - { name: unlucky, when: { operation: CreateImage, probability: 0.3 }, then: { job: { fail_at: 50%, error: IMG.0057 } } }
  - { name: rough, when: { phase: rough, probability: 0.5 }, then: { error: APIGW.0201 } }
`

const JSON_TYPE = { 'Content-Type': 'application/json' }

/** Sends one request. Its image or job is one of those that earlier answers named. */
export type Command = (emulator: TestEmulator, known: readonly string[]) => Promise<Reply>

const pick = (known: readonly string[], n: number) => known[n % Math.max(known.length, 1)] ?? 'nothing-yet'

const aNumber = fc.nat(7)
/** A random request. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: aNumber.map(
      (n): Command =>
        (emulator) =>
          importImage(emulator, n),
    ),
  },
  {
    weight: 1,
    arbitrary: aNumber.map(
      (n): Command =>
        (emulator) =>
          emulator.post('/v2/images', { name: `n${n}`, disk_format: 'raw', container_format: 'bare' }),
    ),
  },
  {
    weight: 2,
    arbitrary: aNumber.map(
      (n): Command =>
        (emulator, known) =>
          emulator.post(`/v1/cloudimages/${pick(known, n)}/copy`, { name: `copy ${n}` }),
    ),
  },
  {
    weight: 1,
    arbitrary: aNumber.map(
      (n): Command =>
        (emulator, known) =>
          emulator.put(`/v2/images/${pick(known, n)}/tags/tag-${n}`),
    ),
  },
  {
    weight: 1,
    arbitrary: aNumber.map(
      (n): Command =>
        (emulator, known) =>
          emulator.delete(`/v2/images/${pick(known, n)}`),
    ),
  },
  {
    weight: 2,
    arbitrary: aNumber.map(
      (n): Command =>
        (emulator, known) =>
          emulator.job(pick(known, n)),
    ),
  },
  {
    weight: 1,
    arbitrary: aNumber.map(
      (n): Command =>
        (emulator) =>
          emulator.post('/_ims/rules', {
            name: `added ${n}`,
            when: { operation: 'ShowJob', probability: 0.5, first: 1 + n },
            then: { latency: '0ms', set: { seen: n } },
          }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Command>((emulator) => emulator.get('/v2/cloudimages?__imagetype=private')),
  },
  {
    weight: 3,
    arbitrary: fc.nat(200).map(
      (s): Command =>
        (emulator) =>
          emulator.advance(`${s}s`),
    ),
  },
)

function importImage(emulator: TestEmulator, n: number): Promise<Reply> {
  const body = JSON.stringify({ name: `image ${n}`, image_url: 'images:tiny.qcow2', min_disk: 1 })
  return emulator.request('POST', '/v2/cloudimages/action', { body, headers: JSON_TYPE })
}

/** Adds the ids of images and jobs in an answer to the known ids. */
export function learnIds({ text }: Reply, known: string[]): void {
  for (const [, id = ''] of text.matchAll(/"(?:job_id|image_id|id)":"([0-9a-f-]{32,36})"/g))
    if (!known.includes(id)) known.push(id)
}
