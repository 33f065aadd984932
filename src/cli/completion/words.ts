import type { Command, Option } from 'commander'
import { defaultCommandOf } from '../declarations/command.ts'

/** The words that can follow a command. */
export interface Words {
  /** The name of the command after those of its parents, without the program: `world create`; empty for the program. */
  path: string
  commands: readonly Word[]
  options: readonly OptionWords[]
  /** Values of its arguments, when they are a fixed set. */
  choices: readonly string[]
}

interface Word {
  name: string
  description: string
}

/** An option in the words of the command line. */
export interface OptionWords {
  /** `-h`, `--help`. */
  flags: readonly string[]
  description: string
  takesValue: boolean
  /** Its values, when they are a fixed set. */
  choices: readonly string[]
}

/** Lists the program and every command below it, each with the words that can follow it. */
export function wordsOf(program: Command): Words[] {
  return [wordsAfter('', program), ...below('', program)]
}

function below(path: string, { commands }: Command): Words[] {
  return commands.flatMap((command) => {
    const own = path === '' ? command.name() : `${path} ${command.name()}`
    return [wordsAfter(own, command), ...below(own, command)]
  })
}

function wordsAfter(path: string, command: Command): Words {
  // The options of the default subcommand need not be preceded by its name: `clock --json` is `clock show --json`.
  const implied = defaultCommandOf(command)
  return {
    path,
    commands: command.commands.map((each) => ({
      name: each.name(),
      description: firstSentence(each.description()),
    })),
    options: [...command.options, ...(implied?.options ?? [])].map(optionWords).concat(HELP),
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }
}

const HELP: OptionWords = {
  flags: ['-h', '--help'],
  description: 'display help for command',
  takesValue: false,
  choices: [],
}

function optionWords({ short, long, description, required, optional, argChoices }: Option): OptionWords {
  return {
    flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
    description,
    takesValue: required || optional,
    choices: argChoices ?? [],
  }
}

/** The part of a description that fits beside a word in a menu. */
function firstSentence(text: string): string {
  return text.split(/[.:] |\.$/)[0] ?? text
}
