import { type Replayed, replay } from '../src/client/replay/replay.ts'
import type { RecordedRequest, Recording } from '../src/control/contract/recording.ts'
import type { TestEmulator } from './emulator.ts'

/** What a world was asked; the default one unless the beginning of another's control plane is given. */
export async function recorded(emulator: TestEmulator, prefix = '/_ims'): Promise<Recording> {
  return (await emulator.get(`${prefix}/recording`)).body
}

/** The first request of a recording. */
export function firstOf({ requests: [first] }: Recording): RecordedRequest {
  if (first === undefined) throw new Error('nothing was recorded')
  return first
}

/** Plays a recording to its end. */
export async function played(emulator: TestEmulator, recording: Recording): Promise<Replayed[]> {
  const all: Replayed[] = []
  for await (const each of replay(recording, emulator.url)) all.push(each)
  return all
}

/** What differs, and what was left out, by the place of the request. */
export function faults(all: readonly Replayed[]) {
  return all.flatMap(({ request: { method, path }, differences, leftOut }) =>
    differences.length > 0 || leftOut !== undefined ? [{ method, path, differences, leftOut }] : [],
  )
}
