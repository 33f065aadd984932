import type { Command } from 'commander'

const defaults = new WeakMap<Command, Command>()

/** Adds what runs when nothing else is named. Commander keeps it to itself, so it is written down here too. */
export function addDefaultCommand(parent: Command, command: Command): Command {
  defaults.set(parent, command)
  return parent.addCommand(command, { isDefault: true })
}

/** What runs when nothing behind a command is named. */
export function defaultCommandOf(parent: Command): Command | undefined {
  return defaults.get(parent)
}
