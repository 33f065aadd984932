import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { SetupError } from '../../src/lib/errors.ts'
import { loadScenario } from '../../src/simulation/scenario/load.ts'
import { checkNames } from '../../src/worlds/known-names.ts'
import { scratchFolder } from '../emulator.ts'

const scratch = scratchFolder()
afterAll(() => scratch[Symbol.dispose]())

const file = join(scratch.path, 'hostile.yaml')

/** The message of the loader about a file; `ok` when it loads. Any other exception fails the test. */
function complaint(content: string | Uint8Array): string {
  writeFileSync(file, content)
  return complaintAbout(file)
}

function complaintAbout(path: string): string {
  try {
    loadScenario(path, {}, checkNames)
    return 'ok'
  } catch (error) {
    if (error instanceof SetupError) return error.message.replaceAll(`${scratch.path}/`, '')
    throw error
  }
}

const LONGEST_MESSAGE = 100_000

/** Words of the format, so that some files pass the first checks. */
const word = fc.constantFrom(
  ...['scenario', 'extends', 'seed', 'clock', 'start', 'rate', 'pace', 'machine', 'states', 'on', 'flows'],
  ...['import-image', 'at', 'job', 'image', 'progress', 'error', 'quotas', 'projects', 'requests', 'auth'],
  ...['phases', 'initial', 'moves', 'from', 'to', 'when', 'then', 'rules', 'name', 'operation', 'body'],
  ...['resource', 'nth', 'probability', 'latency', 'set', 'fixtures', '__proto__', 'constructor', 'toString'],
)
const scalar = fc.oneof(
  word,
  fc.constantFrom(
    '60s',
    '60s-90s + 4s/GiB',
    '60%',
    'IMG.0057',
    'ListImages',
    'service:ims',
    'standard',
    '200/s',
  ),
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: fc.string() }),
      tie('tree'),
      {
        maxKeys: 5,
      },
    ),
  ),
}))

describe('the loader loads or refuses, with a message of limited length', () => {
  test('trees of the words of the format', () => {
    fc.assert(
      fc.property(fc.dictionary(word, tree, { maxKeys: 6 }), (content) => {
        expect(complaint(stringify(content)).length).toBeLessThan(LONGEST_MESSAGE)
      }),
      { numRuns: 150 },
    )
  })

  test('texts of YAML punctuation', () => {
    const piece = fc.oneof(
      word,
      fc.constantFrom(
        ': ',
        '\n',
        '  ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        ', ',
        '&a ',
        '*a',
        '!!map ',
        '!!set ',
        '? ',
      ),
      fc.constantFrom(
        '|\n',
        '>\n',
        '"',
        "'",
        '#',
        '---\n',
        '...\n',
        '%YAML 1.1\n',
        '\t',
        '<<: ',
        '!!binary ',
        '\r',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(complaint(pieces.join('')).length).toBeLessThan(LONGEST_MESSAGE)
      }),
      { numRuns: 150 },
    )
  })

  test('bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(complaint(bytes).length).toBeLessThan(LONGEST_MESSAGE)
      }),
      { numRuns: 100 },
    )
  })

  test('a scenario with one piece cut out or doubled', () => {
    const whole = stringify({
      scenario: 'x',
      phases: { initial: 'calm', moves: [{ from: 'calm', to: 'busy', when: { after: '5m' } }] },
      rules: [{ name: 'a', when: { operation: ['ListImages'], nth: 2 }, then: { job: { fail_at: '60%' } } }],
      flows: { 'import-image': [{ at: '60s-90s + 4s/GiB', job: 'SUCCESS' }] },
    })
    const place = fc.nat(whole.length)
    fc.assert(
      fc.property(place, place, fc.boolean(), (from, to, doubled) => {
        const [start, end] = from < to ? [from, to] : [to, from]
        const text = doubled
          ? whole.slice(0, end) + whole.slice(start)
          : whole.slice(0, start) + whole.slice(end)
        expect(complaint(text).length).toBeLessThan(LONGEST_MESSAGE)
      }),
      { numRuns: 100 },
    )
  })
})

const aliases = ['a: &a [x, x, x, x, x, x, x, x, x]']
for (const [before, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map((pair) => [...pair])) {
  aliases.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`)
}

describe('a hostile file is refused', () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    [
      'with aliases that explode',
      aliases.join('\n'),
      /^hostile\.yaml:1:1: cannot be read as YAML: Excessive/,
    ],
    ['with a map inside itself', 'flows: &a { x: *a }', /^hostile\.yaml:1:1: /],
    ['with a list inside itself', 'rules: &a [*a, *a]', /^hostile\.yaml:1:1: /],
    [
      'with 50,000 brackets',
      'rules: '.padEnd(50_000, '['),
      /^hostile\.yaml:1:1: maps and lists lie more than/,
    ],
    [
      'with 50,000 dashes',
      'rules:\n'.padEnd(100_000, '- '),
      /^hostile\.yaml:1:1: maps and lists lie more than/,
    ],
    [
      'with a key that comes twice',
      'pace: 1\nseed: 1\npace: 2',
      /^hostile\.yaml:3:1: pace: comes twice in its map$/,
    ],
    [
      'with maps a hundred deep',
      `flows: ${'{ a: '.repeat(100)}1${' }'.repeat(100)}`,
      /^hostile\.yaml:1:1: maps and lists lie more than 64 deep/,
    ],
    ['of 10 MB', Buffer.alloc(1e7, 'a: 1\n'), /^hostile\.yaml has more than 1 MiB/],
    ['with zeros', 'a: "\0"', /^hostile\.yaml is no text in UTF-8/],
    ['in another encoding', Buffer.from('scenario: x', 'utf16le'), /^hostile\.yaml is no text in UTF-8/],
    ['that extends itself', 'extends: ./hostile.yaml', /extends goes round in a circle/],
    ['that extends its folder', 'extends: ./', / is a folder; give the file of a scenario$/],
    ['with a key of a megabyte', `${'k'.repeat(1e6)}: 1`, /^hostile\.yaml:1:1: The : indicator must be/],
    ['with an explicit one', `? ${'k'.repeat(1e6)}\n: 1`, /^hostile\.yaml:1:3: k{300}…$/],
    ['with a value of a megabyte', `pace: ${'v'.repeat(1e6)}`, /^hostile\.yaml:1:1: pace: /],
    [
      'with a pattern that refers back',
      "rules: [{ name: a, when: { body: { x: { matches: '(a)\\1' } } }, then: {} }]",
      /is no pattern that can be used/,
    ],
    [
      'with 60,000 keys',
      Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n'),
      /has more than 60000 lines, brackets, quotes and other marks, which is more than a scenario may have$/,
    ],
    ...['[', ']', '{', '}', '- ', '? ', '! ', '&a ', "'a' ", '"" '].map((text): [string, string, RegExp] => [
      `with a megabyte of ${text}`,
      `a: ${text.repeat(1e6 / text.length)}`,
      /has more than 60000 lines, brackets, quotes and other marks, which/,
    ]),
    [
      'with a thousand patterns that are long to compile',
      `rules: [${Array.from({ length: 1000 }, (_, i) => `{ name: r${i}, when: { body: { x: { matches: '(.{1,30}){30}${i}' } } }, then: {} }`).join(', ')}]`,
      /have patterns \(matches\) of more than 20000 characters together/,
    ],
    ['with a key of every object', '__proto__: { pace: 1 }', /^hostile\.yaml:1:1: __proto__: no such key$/],
  ])('%s', (_, content, message) => {
    expect(complaint(content)).toMatch(message)
  })

  test('with 20,000 unknown keys, of which 20 are reported', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`)
    const told = complaint(keys.join('\n')).split('\n')
    expect(told).toHaveLength(21)
    expect(told.at(-1)).toBe('and 19980 more')
  })

  test('through a circle of two files', () => {
    writeFileSync(join(scratch.path, 'other.yaml'), 'extends: ./hostile.yaml')
    expect(complaint('extends: ./other.yaml')).toBe(
      'hostile.yaml: extends goes round in a circle, or over more than 16 files',
    )
  })

  test('when it is a folder or does not exist', () => {
    const folder = join(scratch.path, 'folder')
    mkdirSync(folder)
    expect(complaintAbout(folder)).toBe('folder is a folder; give the file of a scenario')
    expect(complaintAbout(join(scratch.path, 'none.yaml'))).toBe('scenario file none.yaml does not exist')
    expect(complaintAbout('\0')).toMatch(/^scenario file .* does not exist$/)
  })
})
