import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Reply, scratchFolder, startTestEmulator, type TestEmulator } from '../emulator.ts'

const SCENARIO = `
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

/** Sends one request; what it is about is chosen among the images and jobs that answers have named before. */
type Command = (emulator: TestEmulator, known: readonly string[]) => Promise<Reply>

const pick = (known: readonly string[], n: number) => known[n % Math.max(known.length, 1)] ?? 'nothing-yet'

const aNumber = fc.nat(7)
const command: fc.Arbitrary<Command> = fc.oneof(
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

/** What a client sees of an answer; where the server listens is no part of it. */
interface Seen {
  status: number
  requestId: string | null
  retryAfter: string | null
  text: string
}

/** Sends commands one after the other, and remembers the ids in their answers for those that follow. */
async function send(emulator: TestEmulator, commands: readonly Command[], known: string[]): Promise<Seen[]> {
  const seen: Seen[] = []
  for (const each of commands) {
    const { status, headers, text } = await each(emulator, known)
    seen.push({
      status,
      requestId: headers.get('x-request-id'),
      retryAfter: headers.get('retry-after'),
      text: text.replaceAll(emulator.url, ''),
    })
    for (const [, id = ''] of text.matchAll(/"(?:job_id|image_id|id)":"([0-9a-f-]{32,36})"/g))
      if (!known.includes(id)) known.push(id)
  }
  return seen
}

/** Looks at everything that is left behind. */
const atTheEnd: readonly Command[] = [
  (emulator) => emulator.get('/_ims/clock'),
  (emulator) => emulator.get('/_ims/rules'),
  (emulator) => emulator.get('/_ims/phase'),
  (emulator) => emulator.advance(),
  (emulator) => emulator.advance('1h'),
  (emulator) => emulator.get('/v2/images?visibility=private'),
]

test('the same requests are answered with the same bytes, ids and times, with and without a restart between them', async () => {
  using folder = scratchFolder()
  const scenario = join(folder.path, 'determined.yaml')
  writeFileSync(scenario, SCENARIO)
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 8, maxLength: 30 }),
      fc.nat(29),
      async (commands, cut) => {
        await using whole = await startTestEmulator({ scenario })
        const expected = await send(whole, [...commands, ...atTheEnd], [])

        run += 1
        const kept = {
          scenario,
          data: join(folder.path, `data-${run}`),
          buckets: join(folder.path, `buckets-${run}`),
        }
        const known: string[] = []
        const first = await startTestEmulator(kept)
        const before = await send(first, commands.slice(0, cut), known)
        await first.close()
        await using second = await startTestEmulator(kept)
        const after = await send(second, [...commands.slice(cut), ...atTheEnd], known)
        expect([...before, ...after]).toEqual(expected)
      },
    ),
    { numRuns: 5 },
  )
})
