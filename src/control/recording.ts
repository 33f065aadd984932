import { nothing, ok } from '../contract/operation.ts'
import { jsonIn } from '../lib/json.ts'
import { wireMillis } from '../lib/time.ts'
import { writtenFixture } from '../worlds/fixtures/load.ts'
import type { JournalEntry, KeptBody } from '../worlds/journal-entry.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { controlOperation } from './operation.ts'
import { type RecordedRequest, Recording } from './recording-format.ts'

/** A running clock may be read so much later again, virtual ms for each of its seconds. */
const LATER = 1000

export const showRecording = controlOperation({
  id: 'ControlShowRecording',
  method: 'GET',
  path: '/_ims/recording',
  summary:
    'The scenario with which the world began and every request since, changes through the control plane too: what ims-emulator replay plays again',
  request: nothing,
  responses: { 200: Recording },
  handle({ emulator, world }) {
    const journal = world.journal
    return ok({
      recording: 1,
      version: emulator.version,
      glance: emulator.glance,
      complete: journal.complete && world.beginning.isWhole,
      tolerance_ms: Math.max(world.clock.rate, world.scenario.clock.rate) * LATER,
      scenario: beginningOf(world),
      requests: journal.withChanges().map(recordedRequest),
    } satisfies Recording)
  },
})

/** The scenario of a world's beginning, so that it can be loaded where none of its files are. */
function beginningOf(world: OpenWorld): Recording['scenario'] {
  const { at, written } = world.beginning
  return {
    ...written,
    fixtures: world.scenario.fixtures.map(writtenFixture),
    clock: { start: wireMillis(at), rate: 0 },
  }
}

function recordedRequest(entry: JournalEntry): RecordedRequest {
  const { at, userId, projectId, method, path, headers, sent, answered, status, contentType } = entry
  const reason = whyLeftOut(entry)
  return {
    at: wireMillis(at),
    ...(userId !== undefined && { user: userId }),
    ...(projectId !== undefined && { project: projectId }),
    method,
    path: path.replace(/^\/w\/[^/?]+/, '').replace(/^\/_ims\/worlds\/[^/?]+/, '/_ims'),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(reason === undefined ? said(sent) : { left_out: reason }),
    answer: {
      status,
      ...(contentType !== undefined && { content_type: contentType }),
      ...(reason === undefined && said(answered)),
      ...(entry.spoiled && { spoiled: true }),
    },
  }
}

/** Why a request cannot be sent again, in words. */
function whyLeftOut({ agency, sent, answered }: JournalEntry): string | undefined {
  if (agency !== undefined) return 'it was sent under an agency'
  if (sent?.omitted === 'secret' || answered?.omitted === 'secret')
    return 'a secret was in it, which the journal does not keep'
  if (sent?.omitted === 'forgotten') return 'its body made room for those of later requests'
  if (sent?.cut) return `its body of ${sent.size} bytes is longer than what the journal keeps`
  return undefined
}

/** A body that was kept whole; JSON is taken apart when nothing of it is lost by that. */
function said(body: KeptBody | undefined): Pick<RecordedRequest, 'json' | 'text' | 'base64'> {
  if (body === undefined || body.cut) return {}
  const { text, base64 } = body
  if (base64 !== undefined) return { base64 }
  if (text === undefined) return {}
  const json = parsed(text)
  return json === undefined ? { text } : { json }
}

/** What a text says, when nothing of it is lost by taking it apart: no number that is too long, no key that comes twice. */
function parsed(text: string): unknown {
  const value = jsonIn(text)
  if (value === undefined) return undefined
  return JSON.stringify(value).replace(/\s/g, '') === text.replace(/\s/g, '') ? value : undefined
}
