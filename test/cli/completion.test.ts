import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { completionScript } from '../../src/cli/completion/scripts.ts'
import { wordsOf } from '../../src/cli/completion/words.ts'
import { commandLineProgram } from '../../src/cli/main.ts'

const program = commandLineProgram(() => {})

/** Completes the last word of a line in a bash that has sourced the script. */
function offered(...line: string[]): string[] {
  const script = `${completionScript('bash', program)}
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _ims_emulator; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', 'ims-emulator', ...line], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

describe('bash completes', () => {
  test.each([
    ['commands', ['wo'], ['world']],
    ['commands of commands', ['world', ''], ['list', 'show', 'create', 'fork', 'reset', 'delete']],
    ['options', ['world', 'create', '--a'], ['--auth']],
    ['choices of an option', ['world', 'create', '--auth', ''], ['lenient', 'strict']],
    ['choices of an argument', ['completion', 'z'], ['zsh']],
    ['options of the default subcommand', ['journal', '--fo'], ['--follow']],
    ['options of start, which need not be named', ['--au'], ['--auth']],
    ['nothing for a value that is not fixed', ['start', '--data', ''], ['']],
  ])('%s', (_what, line, expected) => {
    expect(offered(...line)).toEqual(expected)
  })
})

test('all three scripts contain every command and option', () => {
  const words = wordsOf(program)
  const scripts = (['bash', 'zsh', 'fish'] as const).map((shell) => completionScript(shell, program))
  const names = words.flatMap(({ path, options }) => [path, ...options.flatMap(({ flags }) => flags)])
  const missing = names.flatMap((name) =>
    scripts.filter((script) => !script.includes(name.replace(/^--?/, ''))).map(() => name),
  )
  expect(missing).toEqual([])
  expect(words.length).toBeGreaterThan(30)
})
