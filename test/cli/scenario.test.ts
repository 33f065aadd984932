import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadScenario, shippedScenarios } from '../../src/simulation/scenario/load.ts'
import { scratchFolder } from '../emulator.ts'
import { run } from './process.ts'

test('scenario list names every shipped scenario with its summary', async () => {
  const { out } = await run(['scenario', 'list'])
  const rows = out.trimEnd().split('\n')
  expect(rows.map((row) => row.replace(/ {2,}/, ': '))).toEqual(
    shippedScenarios().map((name) => `${name}: ${loadScenario(name).summary}`),
  )
})

test('scenario list --json prints the same as JSON', async () => {
  const { out } = await run(['scenario', 'list', '--json'])
  expect(JSON.parse(out)).toEqual(
    shippedScenarios().map((name) => ({ name, summary: loadScenario(name).summary })),
  )
})

test.each([
  ['YAML', []],
  ['JSON', ['--json']],
])('scenario show prints as %s the same scenario, merged with what it extends', async (_, flags) => {
  using scratch = scratchFolder()
  const own = join(scratch.path, 'own.yaml')
  const whole = join(scratch.path, 'whole.yaml')
  writeFileSync(own, 'scenario: own\nsummary: Mine.\nextends: brown-out\nquotas: { private_images: 3 }\n')
  const { out } = await run(['scenario', 'show', own, ...flags])
  writeFileSync(whole, out)
  const { extends: _parent, ...shown } = loadScenario(own)
  expect(out).not.toContain('extends')
  expect(loadScenario(whole)).toEqual(shown)
})

test('scenario show suggests the nearest shipped scenario', async () => {
  const { code, err } = await run(['scenario', 'show', 'brown-oat'])
  expect(code).toBe(1)
  expect(err).toMatch(/^ims-emulator: no scenario is called brown-oat; did you mean brown-out\?/)
})

test('an unknown subcommand is reported on one line', async () => {
  expect(await run(['scenario', 'shw'])).toEqual({
    code: 2,
    out: '',
    err: "ims-emulator: unknown command 'shw' (Did you mean show?)\n",
  })
})

const MACHINE = `
scenario: small
summary: One short flow.
flows:
  import-image:
    - { at: 0s, job: INIT }
    - { at: 60s-90s + 4s/GiB, progress: 50 }
    - { at: 2m, job: SUCCESS, image: activate }
    - { on: fail, image: fail }
`

/** Runs `machine` on a scenario with one short flow. */
async function machine(...flags: string[]): Promise<string> {
  using scratch = scratchFolder()
  const file = join(scratch.path, 'small.yaml')
  writeFileSync(file, MACHINE)
  const { out, err } = await run(['machine', '--scenario', file, ...flags])
  return out + err
}

test('machine lists the moves out of every state', async () => {
  expect((await machine()).split('\n')).toEqual([
    'initial state: queued',
    'queued: save → saving, activate → active, fail → killed, delete → deleted',
    'saving: activate → active, fail → killed, restore → queued',
    'active: deactivate → deactivated, delete → deleted, soft_delete → pending_delete',
    'deactivated: reactivate → active, delete → deleted',
    'killed: delete → deleted',
    'pending_delete: purge → deleted, recover → active',
    'deleted: final',
    '',
  ])
})

test('machine --mermaid draws a state diagram', async () => {
  const lines = (await machine('--mermaid')).split('\n')
  expect(lines.slice(0, 3)).toEqual(['stateDiagram-v2', '  [*] --> queued', '  queued --> saving: save'])
  expect(lines.slice(-3)).toEqual(['  pending_delete --> active: recover', '  deleted --> [*]', ''])
})

test('machine --flows lists the steps of a flow', async () => {
  expect(await machine('--flows', 'import-image')).toBe(
    [
      'import-image:',
      '  0 s: INIT',
      '  60 s to 90 s, and 4 s for each GiB: 50 %',
      '  120 s: SUCCESS, activate',
      '',
    ].join('\n'),
  )
})

test('machine --mermaid --flows draws a Gantt chart', async () => {
  expect(await machine('--mermaid', '--flows', 'import-image')).toBe(
    [
      'gantt',
      '  dateFormat x',
      '  axisFormat %s',
      '  section import-image',
      '  INIT :0, 60000',
      '  50 % :60000, 120000',
      '  SUCCESS activate :milestone, 120000, 120000',
      '',
    ].join('\n'),
  )
})

test('machine --flows suggests the nearest flow', async () => {
  expect(await machine('--flows', 'import-imag')).toBe(
    'ims-emulator: the scenario has no flow import-imag; did you mean import-image?\n',
  )
})
