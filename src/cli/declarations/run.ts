import { Command, Option } from 'commander'
import { DEFAULT_URL, optionalUrlOption } from '../address.ts'
import { examples, onDemand } from './command.ts'

/**
 * `run`: runs a command whose clients reach the emulator under the cloud's own addresses.
 * @param finish receives the exit code of the command.
 */
export function runCommand(finish: (code: number) => void): Command {
  return new Command('run')
    .description(
      "Run a command in a world of its own: its clients reach the emulator under the cloud's own addresses, with the world's credentials. Exits with the code of the command.",
    )
    .argument('<command...>', 'the command and its arguments, after --')
    .addOption(
      optionalUrlOption(
        `address of a running emulator (default: that at ${DEFAULT_URL}, or else a new one that ends with the command)`,
      ),
    )
    .addOption(
      new Option(
        '--world <name>',
        'name of the world; one that exists is used and stays (default: a new one, which is deleted afterwards)',
      ).env('IMS_WORLD'),
    )
    .option(
      '--scenario <name|file>',
      'how the new world behaves: a shipped name or a YAML file of this machine',
    )
    .option('--own', 'start an emulator for the command although another one runs')
    .option('--keep', 'do not delete the new world of a running emulator')
    .addHelpText(
      'after',
      examples(
        'ims-emulator run -- terraform apply -auto-approve',
        'ims-emulator run --scenario instant -- pytest',
        'ims-emulator run -- openstack image list',
        'ims-emulator run -- sh -c \'curl -H "X-Auth-Token: $IMS_TOKEN" https://ims.cn-north-4.myhuaweicloud.com/v2/cloudimages\'',
      ),
    )
    .action(onDemand(async () => (await import('../commands/run.ts')).run, finish))
}
