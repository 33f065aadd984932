import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { bashCompletion } from '../../src/cli/completion/bash.ts'
import { fishCompletion } from '../../src/cli/completion/fish.ts'
import { wordsOf } from '../../src/cli/completion/words.ts'
import { zshCompletion } from '../../src/cli/completion/zsh.ts'
import { commandLineProgram } from '../../src/cli/program.ts'

const words = wordsOf(commandLineProgram(() => {}))

/** What bash offers for the last word of a line, when it has the script. */
function offered(...line: string[]): string[] {
  const script = `${bashCompletion(words)}
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
    ['options of what runs when nothing is named', ['journal', '--fo'], ['--follow']],
    ['options of start without naming it', ['--au'], ['--auth']],
    ['nothing where only the user knows', ['start', '--data', ''], ['']],
  ])('%s', (_what, line, expected) => {
    expect(offered(...line)).toEqual(expected)
  })
})

test('every command and option is in all three scripts', () => {
  const scripts = [bashCompletion(words), zshCompletion(words), fishCompletion(words)]
  const names = words.flatMap(({ path, options }) => [path, ...options.flatMap(({ flags }) => flags)])
  const missing = names.flatMap((name) =>
    scripts.filter((script) => !script.includes(name.replace(/^--?/, ''))).map(() => name),
  )
  expect(missing).toEqual([])
  expect(words.length).toBeGreaterThan(30)
})
