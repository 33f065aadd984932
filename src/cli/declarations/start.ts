import { Command, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../../lib/duration.ts'
import { examples, onDemand } from './command.ts'

/** An empty address would listen on all interfaces. */
const LOOPBACK = '127.0.0.1'

/** `start`, which also runs when no command is named. */
export function startCommand(): Command {
  return new Command('start')
    .description('Start the emulator and serve until Ctrl-C or SIGTERM.')
    .addOption(
      new Option('--host <address>', 'address to listen on')
        .env('IMS_HOST')
        .default(LOOPBACK)
        .argParser((text) => text || LOOPBACK),
    )
    .addOption(
      new Option('--port <number>', 'port to listen on; 0 picks a free one')
        .env('IMS_PORT')
        .default(7878)
        .argParser(portNumber),
    )
    .addOption(
      new Option('--tls-port <number>', 'port on which HTTPS is served, too; 0 picks a free one')
        .env('IMS_TLS_PORT')
        .argParser(portNumber),
    )
    .addOption(
      new Option('--data <dir>', 'directory of databases and image bytes (default: in memory)').env(
        'IMS_DATA',
      ),
    )
    .addOption(
      new Option('--from <file>', 'continue from a world downloaded from /_ims/database').env('IMS_FROM'),
    )
    .addOption(
      new Option(
        '--buckets <dir>',
        'directory in which every sub-directory is an OBS bucket that all worlds begin with; it is only read',
      ).env('IMS_BUCKETS'),
    )
    .addOption(
      new Option(
        '--buckets-write',
        'write the exports of the default world into the directories of --buckets, too',
      ).env('IMS_BUCKETS_WRITE'),
    )
    .addOption(
      new Option(
        '--object-store <url>',
        'S3-compatible server whose buckets all worlds share, as http://ACCESSKEY:SECRETKEY@host:9000',
      ).env('IMS_OBJECT_STORE'),
    )
    .addOption(
      new Option('--object-store-access-key <key>', 'access key for it, when its URL has none').env(
        'IMS_OBJECT_STORE_ACCESS_KEY',
      ),
    )
    .addOption(
      new Option('--object-store-secret-key <key>', 'secret key for it, when its URL has none').env(
        'IMS_OBJECT_STORE_SECRET_KEY',
      ),
    )
    .addOption(
      new Option(
        '--scenario <name|file>',
        'how the cloud behaves: a shipped name or a YAML file (default: "standard")',
      ).env('IMS_SCENARIO'),
    )
    .addOption(
      new Option(
        '--pace <factor|instant>',
        "how many times faster than in the cloud the flows run (default: the scenario's)",
      )
        .env('IMS_PACE')
        .argParser(paceFactor),
    )
    .addOption(
      new Option(
        '--clock <host|frozen|rate>',
        "virtual seconds per real second; frozen stands still until advanced (default: the scenario's)",
      )
        .env('IMS_CLOCK')
        .argParser(clockRate),
    )
    .addOption(new Option('--seed <number>', 'seed of ids and jitter').env('IMS_SEED').argParser(seedNumber))
    .addOption(
      new Option(
        '--auth <mode>',
        "lenient accepts any token or access key; strict verifies tokens and signatures and enforces roles and policies (default: the scenario's)",
      )
        .env('IMS_AUTH')
        .choices(['lenient', 'strict']),
    )
    .addOption(
      new Option('--explain-auth', 'tell a client whose signature is rejected what the server computed').env(
        'IMS_EXPLAIN_AUTH',
      ),
    )
    .addOption(
      new Option(
        '--glance <edition>',
        "OpenStack image API to serve: a stock Glance with a Keystone beside it, or Huawei's",
      )
        .env('IMS_GLANCE')
        .choices(['stock', 'huawei'])
        .default('huawei'),
    )
    .addOption(
      new Option(
        '--allow-host <names...>',
        'further host names under which the emulator answers, and whose pages may call /_ims',
      )
        .env('IMS_ALLOW_HOST')
        .default([])
        .argParser(hostNames),
    )
    .addOption(
      new Option(
        '--cloud-domain <domains...>',
        'further domains of the cloud, beside myhuaweicloud.com, myhuaweicloud.eu and otc.t-systems.com: ims.cn-north-4.DOMAIN',
      )
        .env('IMS_CLOUD_DOMAIN')
        .default([])
        .argParser(hostNames),
    )
    .addOption(
      new Option(
        '--public-url <url>',
        'address under which clients reach the emulator through a proxy; links begin with it',
      ).env('IMS_PUBLIC_URL'),
    )
    .addOption(
      new Option(
        '--trust-proxy <addresses...>',
        'proxies whose Forwarded and X-Forwarded-… headers count: addresses, ranges such as 10.0.0.0/8, loopback, private',
      )
        .env('IMS_TRUST_PROXY')
        .default([])
        .argParser(hostNames),
    )
    .addOption(
      new Option('--control-key <key>', 'require this key for /_ims, as Authorization: Bearer').env(
        'IMS_CONTROL_KEY',
      ),
    )
    .addOption(
      new Option('--grace <duration>', 'how long requests under way may take to finish after SIGTERM')
        .env('IMS_GRACE')
        .default(5000, '5s')
        .argParser(graceTime),
    )
    .addOption(
      new Option('--keep-alive <duration>', 'how long an idle connection stays open')
        .env('IMS_KEEP_ALIVE')
        .default(65_000, '65s')
        .argParser(graceTime),
    )
    .addOption(
      new Option('--validate-responses', 'check every response against its declared schema').env(
        'IMS_VALIDATE_RESPONSES',
      ),
    )
    .option('--json', 'print one line of JSON when ready, instead of the banner')
    .addHelpText(
      'after',
      examples(
        'ims-emulator --buckets ./buckets',
        'ims-emulator --data ./state --port 0',
        'ims-emulator --scenario instant --clock frozen',
      ),
    )
    .action(onDemand(async () => (await import('../commands/start.ts')).serve))
}

/** Parses a port; 0 asks for a free one. */
export function portNumber(text: string): number {
  const port = Number(text)
  if (/^tcp:/.test(text))
    throw new InvalidArgumentError(
      'Kubernetes sets IMS_PORT for a Service called ims: set enableServiceLinks: false, or give --port.',
    )
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError('Give a number from 0 to 65535.')
  return port
}

/** Parses how many times faster than in the cloud the flows run. */
export function paceFactor(text: string): number | 'instant' {
  if (text === 'instant') return text
  const factor = Number(text)
  if (!Number.isFinite(factor) || factor <= 0)
    throw new InvalidArgumentError('Give a factor above 0 (1 is the pace of the cloud), or instant.')
  return factor
}

/** Parses virtual seconds per real second: `host` is 1, `frozen` is 0. */
export function clockRate(text: string): { rate: number } {
  if (text === 'host') return { rate: 1 }
  if (text === 'frozen') return { rate: 0 }
  const rate = Number(text)
  if (text.trim() === '' || !Number.isFinite(rate) || rate < 0)
    throw new InvalidArgumentError('Give host, frozen, or virtual seconds per real second.')
  return { rate }
}

/** Parses the seed of ids and jitter. */
export function seedNumber(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

/** The longest grace, and the longest time of an idle connection, ms. */
const LONGEST_GRACE = 3_600_000

/** Parses how long requests under way may take to finish, or a connection may be idle, into ms. */
export function graceTime(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms > LONGEST_GRACE)
    throw new InvalidArgumentError('Give a duration up to 1h, such as 5s or 500ms.')
  return ms
}

/**
 * Parses host names, which commas or spaces separate in a variable.
 * @param before names from earlier values of the option.
 */
export function hostNames(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(/[\s,]+/).filter(Boolean)]
}
