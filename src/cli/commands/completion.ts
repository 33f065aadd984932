import { Argument, Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { wordsOf } from '../completion/words.ts'
import { zshCompletion } from '../completion/zsh.ts'

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** `completion`: what a shell is told, so that it completes commands, options and their choices. */
export function completionCommand(program: Command): Command {
  return new Command('completion')
    .description('Print what a shell completes this command line with.')
    .addArgument(new Argument('<shell>', 'which one').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(ims-emulator completion bash)\n  ims-emulator completion zsh > ~/.zfunc/_ims-emulator\n  ims-emulator completion fish > ~/.config/fish/completions/ims-emulator.fish',
    )
    .action((shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](wordsOf(program)))
    })
}
