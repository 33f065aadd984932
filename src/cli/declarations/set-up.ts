import { Argument, Command, Option } from 'commander'
import { urlOption, worldOption } from '../address.ts'
import type { Shell } from '../completion/scripts.ts'
import { CLIENTS } from '../doctor/snippets.ts'
import { examples, onDemand } from './command.ts'

/**
 * `doctor`: checks the set-up and shows how to point each client at the emulator.
 * @param finish receives 1 when something is wrong, else 0.
 */
export function doctorCommand(finish: (code: number) => void): Command {
  return new Command('doctor')
    .description(
      'Check this set-up and show how to point each SDK at the emulator; exits with 1 when something is wrong.',
    )
    .addOption(urlOption())
    .addOption(worldOption())
    .addOption(new Option('--data <dir>', 'directory that start --data will use').env('IMS_DATA'))
    .addOption(new Option('--for <client>', 'only show how to point this client').choices(CLIENTS))
    .option('--json', 'print JSON')
    .action(onDemand(async () => (await import('../commands/doctor.ts')).examine, finish))
}

/** `ca`: the certificate authority of an emulator, for the trust store of a client. */
export function caCommand(): Command {
  return new Command('ca')
    .description('Print the certificate authority that clients have to trust for HTTPS, as PEM.')
    .addOption(urlOption())
    .option('--data <dir>', 'that of a data directory, whose emulator need not run')
    .addHelpText(
      'after',
      examples(
        'ims-emulator ca > ims-ca.pem',
        'curl --proxy http://127.0.0.1:7878 --cacert ims-ca.pem https://ims.cn-north-4.myhuaweicloud.com/',
      ),
    )
    .action(onDemand(async () => (await import('../commands/ca.ts')).printAuthority))
}

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish']

/**
 * `completion`: a script with which a shell completes commands, options and their choices.
 * @param program the program whose commands are completed.
 */
export function completionCommand(program: Command): Command {
  return new Command('completion')
    .description('Print the completion script for a shell.')
    .addArgument(new Argument('<shell>', 'name of the shell').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        'source <(ims-emulator completion bash)',
        'ims-emulator completion zsh > ~/.zfunc/_ims-emulator',
        'ims-emulator completion fish > ~/.config/fish/completions/ims-emulator.fish',
      ),
    )
    .action(
      onDemand(async () => {
        const { completionScript } = await import('../completion/scripts.ts')
        return (shell: Shell) => {
          process.stdout.write(completionScript(shell, program))
        }
      }),
    )
}
