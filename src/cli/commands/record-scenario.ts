import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { controlClient } from '../../client/control-client.ts'
import { sendWithKey } from '../../client/control-key.ts'
import { showRecording } from '../../control/recording.ts'
import type { Recording } from '../../control/recording-format.ts'
import { SetupError } from '../../lib/errors.ts'
import { urlOption, worldOption } from '../address.ts'
import { asYaml } from '../as-yaml.ts'

interface Flags {
  url: string
  world: string
  out?: string
  scenarioOnly?: boolean
  json?: boolean
}

/** `record-scenario`: a bug report becomes a file. */
export function recordScenarioCommand(): Command {
  return new Command('record-scenario')
    .description('Write down what a running emulator was asked, with the scenario it began with, for replay.')
    .addOption(urlOption())
    .addOption(worldOption())
    .option('--out <file>', 'where to write it (default: standard output)')
    .option('--scenario-only', 'the scenario alone, for --scenario of another start')
    .option('--json', 'as JSON, not as YAML; replay and start read both')
    .addHelpText(
      'after',
      '\nExamples:\n  ims-emulator record-scenario --out bug.yaml\n  ims-emulator replay bug.yaml --against http://127.0.0.1:7878',
    )
    .action(record)
}

async function record({ url, world, out, scenarioOnly, json }: Flags): Promise<void> {
  const control = controlClient(url, sendWithKey).inWorld(world)
  const recording = await control.call(showRecording, showRecording.responses[200])
  const text = json
    ? `${JSON.stringify(scenarioOnly ? recording.scenario : recording, null, 2)}\n`
    : scenarioOnly
      ? asYaml(recording.scenario)
      : commented(recording)
  if (!recording.complete && !scenarioOnly)
    process.stderr.write(
      'ims-emulator: not all that made the world what it is was recorded (the oldest requests were forgotten, or it went on from a copy); a replay begins without that\n',
    )
  if (out === undefined) process.stdout.write(text)
  else write(out, text, recording)
}

function commented(recording: Recording): string {
  return `# Play it again: ims-emulator replay FILE\n${asYaml(recording, 'requests')}`
}

function write(out: string, text: string, { requests }: Recording): void {
  try {
    writeFileSync(out, text)
  } catch (error) {
    throw new SetupError(`cannot write ${out}: ${error instanceof Error ? error.message : error}`)
  }
  process.stderr.write(`ims-emulator: ${requests.length} requests written to ${out}\n`)
}
