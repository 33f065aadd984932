import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { shippedScenarios } from '../../src/simulation/scenario/load.ts'
import { scratchFolder } from '../emulator.ts'
import { run } from './process.ts'

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))

/** Writes files to a scratch folder and checks them. The folder is removed from the output. */
async function check(files: Record<string, string | Uint8Array>, args: readonly string[]) {
  using scratch = scratchFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(scratch.path, name), content)
  mkdirSync(join(scratch.path, 'folder'))
  const paths = args.map((arg) => (arg.startsWith('--') ? arg : join(scratch.path, arg)))
  const { code, out, err } = await run(['check', ...paths])
  return { code, out: out.replaceAll(`${scratch.path}/`, ''), err }
}

/** Runs `check -` with a text as its standard input. */
async function checkInput(text: string) {
  const child = spawn(process.execPath, [bin, 'check', '-'])
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stdin.on('error', () => {})
  child.stdin.end(text)
  const [code] = await once(child, 'close')
  return { code, out }
}

test('the shipped scenarios are sound, each reported on a line', async () => {
  const names = shippedScenarios()
  expect(await run(['check', ...names])).toEqual({
    code: 0,
    out: names.map((name) => `${name}: ok\n`).join(''),
    err: '',
  })
})

test('one file with mistakes makes the exit code 1, and every file is reported', async () => {
  const files = {
    'good.yaml': 'scenario: good\nsummary: Nothing.\n',
    'bad.yaml': `scenario: bad
pase: 3
rules:
  - { name: a, when: { operation: ListImage, nht: 2 }, then: {} }
phases:
  initial: calm
  moves: [{ from: calm, to: busy, when: { operation: Lst* } }]
`,
    'names.yaml': `rules:
  - { name: a, when: { operation: [ListImages, ListImage, 'face:imz'] }, then: {} }
`,
  }
  expect(await check(files, ['good.yaml', 'bad.yaml', 'names.yaml'])).toEqual({
    code: 1,
    out: [
      'good.yaml: ok',
      'bad.yaml:2:1: pase: no such key; did you mean pace?',
      'bad.yaml:4:24: rules.0.when.operation: ListImage is no operation; did you mean ListImages?',
      'bad.yaml:4:46: rules.0.when.nht: no such key; did you mean nth?',
      'bad.yaml:7:43: phases.moves.0.when.operation: Lst* fits no operation',
      'names.yaml:2:48: rules.0.when.operation.1: ListImage is no operation; did you mean ListImages?',
      'names.yaml:2:59: rules.0.when.operation.2: imz is no service; did you mean ims?',
      '',
    ].join('\n'),
    err: '',
  })
})

test('a mistake in an extended scenario is reported with the file that has it', async () => {
  const files = {
    'base.yaml': 'rules:\n  - { name: base, when: { operation: ListImage }, then: {} }\n',
    'top.yaml': 'extends: base.yaml\nrules:\n  - { name: own, when: { operation: ListImages }, then: {} }\n',
  }
  expect((await check(files, ['top.yaml'])).out).toBe(
    'base.yaml:2:27: rules.0.when.operation: ListImage is no operation; did you mean ListImages?\n',
  )
})

test('fixtures are read from the folder of the scenario file, as start does', async () => {
  const files = {
    'good.yaml': 'fixtures: [demo-tenants, ./mine.yaml]\n',
    'mine.yaml': 'projects: [{ id: p1, name: p1, region: cn-north-4, domain_id: d1, domain_name: d1 }]\n',
    'bad.yaml': 'fixtures: [demo-tenants, ./none.yaml, ./typo.yaml, demo-servrs]\n',
    'typo.yaml': 'project: []\n',
  }
  const { code, out } = await check(files, ['good.yaml', 'bad.yaml'])
  expect(code).toBe(1)
  expect(out.split('\n')).toEqual([
    'good.yaml: ok',
    'bad.yaml:1:26: fixtures.1: none.yaml: there is no such fixture file',
    'bad.yaml:1:39: fixtures.2: typo.yaml: : there is no key project here; did you mean projects?',
    expect.stringMatching(
      /^bad\.yaml:1:52: fixtures\.3: .*demo-servrs\.yaml: there is no such fixture file$/,
    ),
    '',
  ])
})

test('a file that cannot be a scenario is reported on one line', async () => {
  const files = {
    binary: Uint8Array.of(0x7f, 0x45, 0, 1),
    'list.yaml': '- 1\n',
    large: Buffer.alloc(11e6, '#'),
  }
  const { code, out } = await check(files, ['binary', 'list.yaml', 'large', 'folder', 'none.yaml'])
  expect({ code, out: out.split('\n') }).toEqual({
    code: 1,
    out: [
      'binary is no text in UTF-8; a scenario is a YAML or JSON file',
      'list.yaml:1:1: a scenario is a map of sections, found a list',
      'large has more than 1 MiB, which is more than a scenario may have',
      'folder is a folder; give the file of a scenario',
      'scenario file none.yaml does not exist',
      '',
    ],
  })
})

test('--json prints the mistakes as JSON', async () => {
  const files = { 'good.yaml': '', 'bad.yaml': 'pase: 3\n' }
  const { code, out } = await check(files, ['--json', 'good.yaml', 'bad.yaml', 'none.yaml'])
  expect({ code, found: JSON.parse(out) }).toEqual({
    code: 1,
    found: [
      { file: 'good.yaml', ok: true, mistakes: [] },
      {
        file: 'bad.yaml',
        ok: false,
        mistakes: [
          { file: 'bad.yaml', line: 1, column: 1, message: 'pase: no such key; did you mean pace?' },
        ],
      },
      {
        file: 'none.yaml',
        ok: false,
        mistakes: [{ file: 'none.yaml', message: 'scenario file none.yaml does not exist' }],
      },
    ],
  })
})

test('- reads standard input', async () => {
  expect(await checkInput('pace: 3\n')).toEqual({ code: 0, out: '<stdin>: ok\n' })
  expect(await checkInput('pase: 3\n')).toEqual({
    code: 1,
    out: '<stdin>:1:1: pase: no such key; did you mean pace?\n',
  })
  expect(await checkInput('#'.repeat(2e6))).toEqual({
    code: 1,
    out: '<stdin> has more than 1 MiB, which is more than a scenario may have\n',
  })
})

test('start rejects a scenario with an unknown operation and reports its place', async () => {
  using scratch = scratchFolder()
  const file = join(scratch.path, 'mine.yaml')
  writeFileSync(file, 'rules:\n  - { name: a, when: { operation: ListImage }, then: {} }\n')
  expect(await run(['--port', '0', '--scenario', file])).toEqual({
    code: 1,
    out: '',
    err: `ims-emulator: ${file}:2:24: rules.0.when.operation: ListImage is no operation; did you mean ListImages?\n`,
  })
})
