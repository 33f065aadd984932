import { controlClient, sendWithKey } from '../../client/control-client.ts'
import type { Recording } from '../../control/contract/recording.ts'
import { showRecording } from '../../control/contract/recording.ts'
import { asYaml, printNote, writeTo } from '../output.ts'

interface Flags {
  url: string
  world: string
  out?: string
  scenarioOnly?: boolean
  json?: boolean
}

/** `record-scenario`: writes the recording of a world, or its initial scenario alone. */
export async function record({ url, world, out, scenarioOnly, json }: Flags): Promise<void> {
  const control = controlClient(url, sendWithKey).inWorld(world)
  const recording = await control.call(showRecording, showRecording.responses[200])
  if (!recording.complete && !scenarioOnly)
    printNote(
      'the recording is incomplete (the oldest requests were dropped, or the world continued from a copy); a replay starts without that part',
    )
  const what = scenarioOnly ? recording.scenario : recording
  const yaml = () => (scenarioOnly ? asYaml(recording.scenario) : commented(recording))
  const file = out ?? '-'
  writeTo(file, json ? `${JSON.stringify(what, null, 2)}\n` : yaml())
  if (file !== '-') printNote(`${recording.requests.length} requests written to ${file}`)
}

function commented(recording: Recording): string {
  return `# Play it again: ims-emulator replay FILE\n${asYaml(recording, 'requests')}`
}
