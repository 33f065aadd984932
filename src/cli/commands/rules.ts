import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { parse } from 'yaml'
import { z } from 'zod'
import { connectWorld } from '../../client/emulator-client.ts'
import type { RuleInput } from '../../client/world.ts'
import { SetupError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { Rule } from '../../simulation/rules/schema.ts'
import { type Asked, aboutWorld } from '../address.ts'
import { addDefaultCommand } from '../default-command.ts'
import { printJson, printLines } from '../print.ts'
import { STANDARD_INPUT, standardInput } from '../read-named.ts'
import { explainedLines, ruleLines } from '../rule-lines.ts'

/** `rules`: what happens to which requests. */
export function rulesCommand(): Command {
  const command = new Command('rules').description('List, add, remove and explain the rules of a world.')
  return addDefaultCommand(
    command,
    aboutWorld(new Command('list'))
      .description('The rules in the order they are tried, with how often each happened.')
      .action(async ({ url, world, json }: Asked) => {
        const rules = await (await connectWorld(url, world)).rules.list()
        if (json) printJson(rules)
        else printLines(ruleLines(rules))
      }),
  )
    .addCommand(addCommand())
    .addCommand(
      aboutWorld(new Command('remove'))
        .description('Drop a rule.')
        .argument('<name>', 'its name')
        .action(async (name: string, { url, world, json }: Asked) => {
          await (await connectWorld(url, world)).rules.remove(name)
          if (json) printJson({ removed: name })
          else printLines([`${name} is removed`])
        }),
    )
    .addCommand(
      aboutWorld(new Command('explain'))
        .description('Why each of the last 20 requests that a rule could be about fitted or did not.')
        .argument('<name>', 'its name')
        .action(async (name: string, { url, world, json }: Asked) => {
          const rule = await (await connectWorld(url, world)).rules.explain(name)
          if (json) printJson(rule)
          else printLines(explainedLines(rule))
        }),
    )
    .addHelpText(
      'after',
      `\nExamples:\n  echo '{ name: down, when: { operation: ListImages }, then: { error: APIGW.0201 } }' | ims-emulator rules add -\n  ims-emulator rules explain down`,
    )
}

function addCommand(): Command {
  return aboutWorld(new Command('add'))
    .description('Add rules before all others; a taken name is replaced.')
    .argument('<file>', 'YAML or JSON: one rule, a list of them, or a map with rules; - reads standard input')
    .action(async (file: string, { url, world, json }: Asked) => {
      const rules = readRules(file, file === '-' ? await standardInput() : readText(file))
      const { rules: book } = await connectWorld(url, world)
      // Each goes before all others, so the last of them goes in first and their order stays.
      for (const rule of [...rules].reverse()) await book.add(rule)
      const names = rules.map(({ name }) => name)
      if (json) printJson({ added: names })
      else printLines(names.map((name) => `${name} is added`))
    })
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new SetupError(`cannot read ${file}: ${error instanceof Error ? error.message : error}`)
  }
}

const Several = z.union([
  z.array(z.unknown()).min(1),
  z.object({ rules: z.array(z.unknown()).min(1) }).transform(({ rules }) => rules),
  z.unknown().transform((rule) => [rule]),
])

/** The rules in a text. @throws SetupError with every mistake in them, a line each. */
function readRules(argument: string, text: string): RuleInput[] {
  const file = argument === '-' ? STANDARD_INPUT : argument
  const checked = Several.parse(parsed(file, text)).map((rule, i) => {
    const { error } = Rule.safeParse(rule)
    const complaints = (error?.issues ?? []).map((issue) => `${file}: rule ${i + 1}: ${complaint(issue)}`)
    return { rule, complaints }
  })
  const complaints = checked.flatMap((each) => each.complaints)
  if (complaints.length > 0) throw new SetupError(complaints.join('\n'))
  return checked.map(({ rule }) => rule).filter(isRule)
}

function complaint(issue: z.core.$ZodIssue): string {
  const place = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys' || place !== '')
    return place === '' ? issue.message : `${place}: ${issue.message}`
  return issue.keys.map(unknownField).join('; ')
}

function unknownField(name: string): string {
  const names = Object.keys(Rule.shape)
  const meant = nearest(name, names)
  return `${name} is no field of a rule; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`
}

/** As it is written: the emulator reads durations and patterns itself. */
function isRule(rule: unknown): rule is RuleInput {
  return Rule.safeParse(rule).success
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new SetupError(`${file}: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
  }
}
