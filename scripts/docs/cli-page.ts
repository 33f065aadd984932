import type { Argument, Command, Option } from 'commander'
import { defaultCommandOf } from '../../src/cli/default-command.ts'
import { commandLineProgram } from '../../src/cli/program.ts'

const HEAD = `# The command line

Written by \`npm run docs\` from the commands themselves. \`ims-emulator --help\` and \`ims-emulator COMMAND --help\` say the same, with
examples. In a clone of this repository, \`npm start --\` stands for \`ims-emulator\`.

Commands that ask a running emulator find it by \`--url\` or \`IMS_URL\`, and the world that they are about by \`--world\` or \`IMS_WORLD\`.
What a program reads is printed with \`--json\`; what is said beside it goes to standard error. Colour is for terminals, and not where
\`NO_COLOR\` is set.

| exit code | means |
| --- | --- |
| 0 | it did what was asked |
| 1 | something is wrong that the message tells: the set-up, a checked file, a replay, or the emulator's answer |
| 2 | the command line itself is wrong |
`

/** `docs/cli.md`: every command with its arguments and options. */
export function cliPage(): string {
  const sections = commandLineProgram(() => {}).commands.flatMap((command) =>
    sectionsOf('ims-emulator', command),
  )
  return `${[HEAD, ...sections].join('\n')}`
}

function sectionsOf(above: string, command: Command): string[] {
  const path = `${above} ${command.name()}`
  const inner = command.commands.flatMap((each) => sectionsOf(path, each))
  const silent = defaultCommandOf(command)
  const alone = silent === undefined ? '' : ` Alone it is \`${path} ${silent.name()}\`.`
  return [
    `## \`${usage(path, command)}\`\n\n${inCell(command.description())}${alone}\n`,
    ...table(command),
    ...inner,
  ]
}

function usage(path: string, { registeredArguments, commands }: Command): string {
  const words = commands.length > 0 ? ['COMMAND'] : registeredArguments.map(argumentWord)
  return [path, ...words].join(' ')
}

function argumentWord(argument: Argument): string {
  const word = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${word}>` : `[${word}]`
}

function table({ registeredArguments, options }: Command): string[] {
  const rows = [
    ...registeredArguments.map((each) => row(`<${each.name()}>`, '', each.description, each.argChoices)),
    ...options.map((each) => row(each.flags, each.envVar ?? '', withDefault(each), each.argChoices)),
  ]
  return rows.length === 0 ? [] : [`| | variable | what |\n| --- | --- | --- |\n${rows.join('\n')}\n`]
}

function withDefault({ description, defaultValue, negate }: Option): string {
  const said = !negate && ['string', 'number'].includes(typeof defaultValue)
  return said ? `${description} (default: \`${defaultValue}\`)` : description
}

function row(word: string, variable: string, what: string, choices: readonly string[] | undefined): string {
  const among = choices === undefined ? '' : `: ${choices.map((each) => `\`${each}\``).join(', ')}`
  return `| \`${word.replaceAll('|', '\\|')}\` | ${variable === '' ? '' : `\`${variable}\``} | ${inCell(what)}${among} |`
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
