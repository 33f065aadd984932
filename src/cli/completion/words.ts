import type { Command, Option } from 'commander'
import { defaultCommandOf } from '../default-command.ts'

/** What can be written after a command. */
export interface Words {
  /** The names of the command and those above it, without the program's: `world create`; empty for the program. */
  path: string
  commands: readonly Word[]
  options: readonly OptionWords[]
  /** What its arguments may be, where that is a few. */
  choices: readonly string[]
}

interface Word {
  name: string
  description: string
}

/** An option as it is written. */
export interface OptionWords {
  /** `-h`, `--help`. */
  flags: readonly string[]
  description: string
  takesValue: boolean
  /** What its value may be, where that is a few. */
  choices: readonly string[]
}

/** Every command of a program, itself first, with what can be written after it. */
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
  // What runs when nothing is named takes its options at once: `clock --json` is `clock show --json`.
  const silent = defaultCommandOf(command)
  return {
    path,
    commands: command.commands.map((each) => ({
      name: each.name(),
      description: firstSentence(each.description()),
    })),
    options: [...command.options, ...(silent?.options ?? [])].map(optionWords).concat(HELP),
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

/** What fits beside a word. */
function firstSentence(text: string): string {
  return text.split(/[.:] |\.$/)[0] ?? text
}
