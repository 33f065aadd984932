import { Command, Option } from 'commander'
import { type StartOptions, startEmulator } from '../../index.ts'
import { banner, bannerJson } from '../banner.ts'
import { clockRate, hostNames, paceFactor, portNumber, seedNumber } from '../start-options.ts'
import { stopSignal } from '../stop-signal.ts'

/** `start`, which is also what runs when no command is named. */
export function startCommand(): Command {
  return new Command('start')
    .description('Start the emulator and serve until it is told to stop (Ctrl-C or SIGTERM).')
    .addOption(new Option('--host <address>', 'address to listen on').env('IMS_HOST').default('127.0.0.1'))
    .addOption(
      new Option('--port <number>', 'port to listen on; 0 takes a free one')
        .env('IMS_PORT')
        .default(7878)
        .argParser(portNumber),
    )
    .addOption(
      new Option('--data <dir>', 'keep databases and image bytes here (default: in memory)').env('IMS_DATA'),
    )
    .addOption(
      new Option('--from <file>', 'go on from a world that was downloaded from /_ims/database').env(
        'IMS_FROM',
      ),
    )
    .addOption(new Option('--buckets <dir>', 'every sub-directory is an OBS bucket').env('IMS_BUCKETS'))
    .addOption(
      new Option(
        '--scenario <name|file>',
        'what the cloud does; a shipped name or a YAML file (default: "standard")',
      ).env('IMS_SCENARIO'),
    )
    .addOption(
      new Option(
        '--pace <factor|instant>',
        "how many times faster than the cloud's the flows run (default: the scenario's)",
      )
        .env('IMS_PACE')
        .argParser(paceFactor),
    )
    .addOption(
      new Option(
        '--clock <host|frozen|rate>',
        "virtual seconds per real one; frozen stands until advanced (default: the scenario's)",
      )
        .env('IMS_CLOCK')
        .argParser(clockRate),
    )
    .addOption(
      new Option('--seed <number>', 'ids and jitter are drawn from it').env('IMS_SEED').argParser(seedNumber),
    )
    .addOption(
      new Option(
        '--auth <mode>',
        "who is let in: anybody with a token or access key, or only who proves it and may (default: the scenario's)",
      )
        .env('IMS_AUTH')
        .choices(['lenient', 'strict']),
    )
    .addOption(
      new Option('--explain-auth', 'tell a client whose signature is refused what the server computed').env(
        'IMS_EXPLAIN_AUTH',
      ),
    )
    .addOption(
      new Option(
        '--glance <edition>',
        "whose OpenStack image API to be: that of a stock Glance alone, or Huawei's",
      )
        .env('IMS_GLANCE')
        .choices(['stock', 'huawei'])
        .default('huawei'),
    )
    .addOption(
      new Option('--allow-host <names...>', 'further names under which /_ims may be called')
        .env('IMS_ALLOW_HOST')
        .default([])
        .argParser(hostNames),
    )
    .addOption(
      new Option(
        '--control-key <key>',
        'close /_ims to everybody who does not send it as Authorization: Bearer',
      ).env('IMS_CONTROL_KEY'),
    )
    .addOption(
      new Option('--validate-responses', 'check every answer against its declared schema').env(
        'IMS_VALIDATE_RESPONSES',
      ),
    )
    .option('--json', 'print one line of JSON when it is ready, not the banner')
    .addHelpText(
      'after',
      `\nExamples:\n  ims-emulator --buckets ./buckets\n  ims-emulator --data ./state --port 0\n  ims-emulator --scenario instant --clock frozen`,
    )
    .action(serve)
}

interface Flags {
  host: string
  port: number
  data?: string
  buckets?: string
  from?: string
  scenario?: string
  pace?: number | 'instant'
  clock?: { rate: number }
  seed?: number
  auth?: 'lenient' | 'strict'
  explainAuth?: boolean
  glance: 'stock' | 'huawei'
  allowHost: string[]
  controlKey?: string
  validateResponses?: boolean
  json?: boolean
}

async function serve({ allowHost, auth: mode, json, ...flags }: Flags): Promise<void> {
  const options: StartOptions = { ...flags, allowedHosts: allowHost, ...(mode && { auth: { mode } }) }
  // Heard from the first moment on: who can call the port can also ask the process to stop.
  const stopped = stopSignal()
  const emulator = await startEmulator(options)
  const print = json ? bannerJson : banner
  process.stdout.write(print(emulator, options, Math.round(performance.now())))
  await stopped
  await emulator.close()
}
