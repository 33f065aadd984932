import type { Command } from 'commander'

/**
 * Wraps an action so that its module is loaded when the command runs.
 * @param load imports the module and returns the action.
 * @param finish receives what the action returns.
 * @example
 * new Command('freeze').action(onDemand(async () => (await import('../commands/clock.ts')).freeze))
 */
export function onDemand<Given extends unknown[], Result>(
  load: () => Promise<(...given: Given) => Result | Promise<Result>>,
  finish?: (result: Result) => void,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    const action = await load()
    const result = await action(...given)
    finish?.(result)
  }
}

const defaults = new WeakMap<Command, Command>()

/** Adds the subcommand that runs when none is named. Commander does not reveal it, so it is noted here too. */
export function addDefaultCommand(parent: Command, command: Command): Command {
  defaults.set(parent, command)
  return parent.addCommand(command, { isDefault: true })
}

/** The subcommand that runs when none is named. */
export function defaultCommandOf(parent: Command): Command | undefined {
  return defaults.get(parent)
}

/** All commands below a command, at every depth. */
export function everyCommand({ commands }: Command): Command[] {
  return commands.flatMap((command) => [command, ...everyCommand(command)])
}

/** The examples at the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
