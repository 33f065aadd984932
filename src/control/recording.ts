import { handle, ok } from '../contract/operation.ts'
import { jsonIn } from '../lib/json.ts'
import { hasMaskedParameter, hasMaskedUserinfo, MASK } from '../lib/secret-names.ts'
import { wireMillis } from '../lib/time.ts'
import { writtenFixture } from '../worlds/fixtures/load.ts'
import type { JournalEntry, KeptBody } from '../worlds/journal-entry.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/recording.ts'

/** A replay may read a running clock this much later: real ms, which the rate of the clock multiplies. */
const LATER = 1000

export const showRecording = handle(contract.showRecording, ({ emulator, world }: ControlCall) => {
  const { journal, beginning } = world
  const hosts = new Set(emulator.services.flatMap((service) => service.hosts ?? []))
  return ok({
    recording: 1,
    version: emulator.version,
    glance: emulator.glance,
    complete: journal.complete && beginning.isWhole,
    tolerance_ms: Math.max(world.clock.rate, world.scenario.clock.rate) * LATER,
    scenario: beginningOf(world),
    requests: journal.withChanges().map((entry) => recordedRequest(entry, hosts)),
  })
})

/** The scenario with which a world began, with its fixtures written out, so that it loads where its files are missing. */
function beginningOf(world: OpenWorld): contract.Recording['scenario'] {
  const { at, written } = world.beginning
  return {
    ...written,
    fixtures: world.scenario.fixtures.map(writtenFixture),
    clock: { start: wireMillis(at), rate: 0 },
  }
}

function recordedRequest(entry: JournalEntry, hosts: ReadonlySet<string>): contract.RecordedRequest {
  const { at, userId, projectId, method, path, headers, sent, answered, status, contentType } = entry
  const reason = whyLeftOut(entry, hosts)
  return {
    at: wireMillis(at),
    ...(userId !== undefined && { user: userId }),
    ...(projectId !== undefined && { project: projectId }),
    method,
    path:
      serviceIn(entry, hosts) + path.replace(/^\/w\/[^/?]+/, '').replace(/^\/_ims\/worlds\/[^/?]+/, '/_ims'),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(reason === undefined ? bodyOf(sent) : { left_out: reason }),
    answer: {
      status,
      ...(contentType !== undefined && { content_type: contentType }),
      ...(reason === undefined && bodyOf(answered)),
      ...(entry.spoiled && { spoiled: true }),
    },
  }
}

/**
 * The prefix `/s/{service}` for a request whose host named its service; empty for all others. A replay sends every request to one
 * address, so the path has to name the service.
 */
function serviceIn({ host = '', control, path }: JournalEntry, hosts: ReadonlySet<string>): string {
  const [name = ''] = host.split('.')
  const isNamed = !control && hosts.has(name) && !/^(?:\/w\/[^/]+)?\/s\//.test(path)
  // The path of the object service has a bucket there.
  return isNamed && name !== 'obs' ? `/s/${name}` : ''
}

/** Why a request cannot be sent again, in words. */
function whyLeftOut(entry: JournalEntry, hosts: ReadonlySet<string>): string | undefined {
  const { agency, host, service, unsupported, path, headers, sent, answered } = entry
  if (agency !== undefined) return 'it was sent under an agency'
  if (unsupported && host !== undefined && !hosts.has(service))
    return `its host ${host} is that of a service which is not emulated`
  const isOmitted = [sent, answered].some((body) => body?.omitted === 'secret')
  const isMasked =
    hasMaskedParameter(path) ||
    Object.values(headers).includes(MASK) ||
    [path, ...Object.values(headers), sent?.text, answered?.text].some(hasMaskedUserinfo)
  if (isOmitted || isMasked) return 'a secret was in it, which the journal does not keep'
  if (sent?.omitted === 'forgotten') return 'its body made room for those of later requests'
  if (sent?.cut) return `its body of ${sent.size} bytes is longer than what the journal keeps`
  return undefined
}

/** Renders a body that was kept whole. JSON is parsed when parsing loses nothing. */
function bodyOf(body: KeptBody | undefined): Pick<contract.RecordedRequest, 'json' | 'text' | 'base64'> {
  if (body === undefined || body.cut) return {}
  const { text, base64 } = body
  if (base64 !== undefined) return { base64 }
  if (text === undefined) return {}
  const json = parsed(text)
  return json === undefined ? { text } : { json }
}

/** Parses JSON; returns undefined for other text, and for JSON that parsing would change: a long number, a repeated key. */
function parsed(text: string): unknown {
  const value = jsonIn(text)
  if (value === undefined) return undefined
  return JSON.stringify(value).replace(/\s/g, '') === text.replace(/\s/g, '') ? value : undefined
}
