import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Tokens } from './context.ts'
import { readRecording } from './recording.ts'
import { type Difference, type ReplayReport, replay } from './replayer.ts'

const USAGE = `usage: node test/wire/replay.ts --base URL --tokens FILE [--text] [--headers] [--only RE] [--no-cleanup] [FILE ...]
  --base        address of an image service that holds no images
  --tokens      the token table, as \`test/wire/tokens\` prints it
  --text        also list differences in the text of errors (they do not count)
  --headers     count differences in other headers, too
  --only        replay only the scenarios whose name matches
  --no-cleanup  keep the images that a scenario created
  FILE          replay these recordings instead of the shipped ones`

/** Longest value that is printed, in characters. */
const LONGEST_VALUE = 300

function shown(value: Difference['expected']): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}...`
}

function line({ what, expected, actual }: Difference): string {
  return `${what}: expected ${shown(expected)}, got ${shown(actual)}`
}

/** Prints the first unmatched exchange of each scenario, then differences in error texts, then the totals. */
function print(report: ReplayReport): void {
  const counted = report.differences.filter(({ counts }) => counts)
  for (const [scenario, found] of Map.groupBy(counted, (difference) => difference.scenario)) {
    const steps = new Set(found.map(({ step }) => step))
    const [first] = found
    console.log(`DIFF ${scenario}: ${steps.size} steps; first at #${first?.step} ${first?.request}`)
    for (const difference of found.filter(({ step }) => step === first?.step))
      console.log(`     ${line(difference)}`)
  }
  for (const difference of report.differences.filter(({ counts }) => !counts)) {
    console.log(
      `  text  ${difference.scenario} #${difference.step} ${difference.request}: ${line(difference)}`,
    )
  }
  const { withHeaderDifferences, withTextDifferences, scenarios, matched, total } = report
  console.log(
    `header differences in ${withHeaderDifferences} exchanges, error-text differences in ${withTextDifferences}`,
  )
  console.log(`scenarios fully matched: ${scenarios.matched} of ${scenarios.total}`)
  console.log(`matched ${matched} of ${total}`)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string' },
    tokens: { type: 'string' },
    text: { type: 'boolean', default: false },
    headers: { type: 'boolean', default: false },
    only: { type: 'string' },
    'no-cleanup': { type: 'boolean', default: false },
  },
})

if (values.base === undefined || values.tokens === undefined) {
  console.error(USAGE)
  process.exitCode = 2
} else {
  const report = await replay({
    base: values.base,
    tokens: Tokens.parse(JSON.parse(readFileSync(values.tokens, 'utf8'))),
    text: values.text,
    headers: values.headers,
    cleanup: !values['no-cleanup'],
    ...(values.only === undefined ? {} : { only: new RegExp(values.only) }),
    ...(positionals.length === 0 ? {} : { recordings: positionals.map((file) => readRecording(file)) }),
  })
  print(report)
  process.exitCode = report.matched === report.total ? 0 : 1
}
