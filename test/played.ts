import { type Replayed, replay } from '../src/client/replay/replay.ts'
import type { RecordedRequest, Recording } from '../src/control/contract/recording.ts'
import type { TestEmulator } from './emulator.ts'

/** Reads the recording of a world; of the default world unless `prefix` is another world's control plane. */
export async function recorded(emulator: TestEmulator, prefix = '/_ims'): Promise<Recording> {
  return (await emulator.get(`${prefix}/recording`)).body
}

/** The first request of a recording. */
export function firstOf({ requests: [first] }: Recording): RecordedRequest {
  if (first === undefined) throw new Error('nothing was recorded')
  return first
}

/** Replays a recording to its end. */
export async function played(emulator: TestEmulator, recording: Recording): Promise<Replayed[]> {
  const all: Replayed[] = []
  for await (const each of replay(recording, emulator.url)) all.push(each)
  return all
}

/** Differences and omissions of a replay, by the position of the request. */
export function faults(all: readonly Replayed[]) {
  return all.flatMap(({ request: { method, path }, differences, leftOut }) =>
    differences.length > 0 || leftOut !== undefined ? [{ method, path, differences, leftOut }] : [],
  )
}
