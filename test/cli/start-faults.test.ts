import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { observeFiles } from '../../src/database/durable-files.ts'
import { scratchFolder } from '../emulator.ts'
import { makeData } from '../worlds/data-states.ts'
import { run, startProcess } from './process.ts'

const scratch = scratchFolder()
const base = join(scratch.path, 'base')

beforeAll(() => makeData(base))
afterAll(() => scratch[Symbol.dispose]())

/** A copy of a data folder with the default world and the world `other`. */
function dataFolder(name: string): string {
  const data = join(scratch.path, name)
  cpSync(base, data, { recursive: true })
  return data
}

/** Starts with flags and expects one line on standard error, without a stack, and exit code 1. */
async function refusal(...flags: string[]): Promise<string> {
  const { code, out, err } = await run(['--port', '0', ...flags])
  expect({ code, out, lines: err.split('\n').length }).toEqual({ code: 1, out: '', lines: 2 })
  expect(err).not.toMatch(/^\s+at /m)
  return err.trimEnd()
}

describe('a start is refused on one line that says what was found and what to do', () => {
  test('with --data on a file', async () => {
    const file = join(scratch.path, 'canary')
    writeFileSync(file, 'content')
    expect(await refusal('--data', file)).toBe(
      `ims-emulator: the data folder ${file} is a file. Take a folder with --data, or a path that does not exist yet.`,
    )
    expect(await refusal('--data', join(file, 'below'))).toBe(
      `ims-emulator: the data folder ${join(file, 'below')} cannot be written (ENOTDIR: not a directory, mkdir '${join(file, 'below')}'). Make it writable for this user, or take another --data folder.`,
    )
    expect(readFileSync(file, 'utf8')).toBe('content')
  })

  test('with a data folder that may not be written', async () => {
    const data = join(scratch.path, 'read-only')
    using _ = observeFiles((_operation, path) => {
      if (path.startsWith(data)) throw new Error(`EACCES: permission denied, mkdir '${path}'`)
    })
    expect(await refusal('--data', data)).toBe(
      `ims-emulator: the data folder ${data} cannot be written (EACCES: permission denied, mkdir '${data}'). Make it writable for this user, or take another --data folder.`,
    )
  })

  test.each([
    ['of 0 bytes', (file: string) => writeFileSync(file, ''), 'it is empty, 0 bytes'],
    [
      'of random bytes',
      (file: string) => writeFileSync(file, 'no database '.repeat(1000)),
      'file is not a database',
    ],
    [
      'that was cut',
      (file: string) => truncateSync(file, 20_000),
      'database disk image is malformed|it is damaged: .+',
    ],
  ])('with a database %s, which is not replaced', async (name, spoil, found) => {
    const data = dataFolder(name)
    const file = join(data, 'default.sqlite')
    spoil(file)
    const before = readFileSync(file)
    expect(await refusal('--data', data)).toMatch(
      new RegExp(
        `^ims-emulator: ${file} cannot be used as a database \\((${found})\\)\\. It was left as it is: put a good copy in its place, or move it away to begin anew\\.$`,
      ),
    )
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('with a folder in the place of the database', async () => {
    const data = dataFolder('folder')
    rmSync(join(data, 'default.sqlite'))
    mkdirSync(join(data, 'default.sqlite'))
    expect(await refusal('--data', data)).toContain(
      `${join(data, 'default.sqlite')} cannot be used as a database`,
    )
  })

  test('with an object store that does not answer, and its keys are not repeated', async () => {
    // Nothing can listen on port 1 without being root.
    const store = 'http://AK:canary@127.0.0.1:1'
    expect(await refusal('--object-store', store)).toBe(
      'ims-emulator: the object store at http://127.0.0.1:1 cannot be reached (ECONNREFUSED). Start it first, or give another address with --object-store and its keys.',
    )
  })

  test('with buckets that do not exist, or are a file', async () => {
    const path = join(scratch.path, 'buckets')
    const advice = 'Create it with a folder for each bucket, or give another path with --buckets.'
    expect(await refusal('--buckets', path)).toBe(
      `ims-emulator: the folder of buckets ${path} does not exist. ${advice}`,
    )
    writeFileSync(path, '')
    expect(await refusal('--buckets', path)).toBe(
      `ims-emulator: the folder of buckets ${path} is a file. ${advice}`,
    )
  })
})

test.each([
  [
    'a specification that was cut',
    (folder: string) => truncateSync(join(folder, 'world.json'), 5),
    'was cut or changed',
  ],
  ['no specification', (folder: string) => rmSync(join(folder, 'world.json')), 'is missing'],
  [
    'a database that was cut',
    (folder: string) => truncateSync(join(folder, 'other.sqlite'), 20_000),
    'cannot be used as a database',
  ],
  [
    'a database of 0 bytes',
    (folder: string) => truncateSync(join(folder, 'other.sqlite')),
    'it is empty, 0 bytes',
  ],
])(
  'a world with %s is listed as broken and can be deleted; the others are served',
  async (name, spoil, found) => {
    const data = dataFolder(name)
    spoil(join(data, 'worlds', 'other'))
    await using emulator = await startProcess(['--port', '0', '--data', data])
    const ask = async (method: string, path: string) => {
      const response = await fetch(emulator.url + path, { method, headers: { 'X-Auth-Token': 'demo-token' } })
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    }
    expect((await ask('GET', '/v2/images')).status).toBe(200)
    const { body } = await ask('GET', '/_ims/worlds')
    expect(body.worlds.map((world: { name: string }) => world.name)).toEqual(['default'])
    expect(body.broken).toEqual([{ name: 'other', problem: expect.stringContaining(found) }])
    const asked = await ask('GET', '/w/other/v2/images')
    expect([asked.status, asked.body.detail]).toEqual([
      503,
      expect.stringContaining('DELETE /_ims/worlds/other'),
    ])
    expect((await ask('DELETE', '/_ims/worlds/other')).status).toBe(204)
    expect((await ask('GET', '/_ims/worlds')).body.broken).toBeUndefined()
    const { err } = await emulator.stop()
    expect(err).toMatch(
      /^ims-emulator: the world other is not served: .* DELETE \/_ims\/worlds\/other removes it\.\n$/,
    )
    expect(existsSync(join(data, 'worlds', 'other'))).toBe(false)
  },
)

test('a journal that is a folder is reported, and does not prevent the start', async () => {
  const data = dataFolder('journal')
  rmSync(join(data, 'default.journal.jsonl'))
  mkdirSync(join(data, 'default.journal.jsonl'))
  await using emulator = await startProcess(['--port', '0', '--data', data])
  expect((await emulator.stop()).err).toContain(join(data, 'default.journal.jsonl'))
})

test('a data folder that disappears is reported once', async () => {
  const data = dataFolder('moved')
  await using emulator = await startProcess(['--port', '0', '--data', data])
  renameSync(data, `${data}-away`)
  for (let i = 0; i < 3; i++)
    await (await fetch(`${emulator.url}/v2/images`, { headers: { 'X-Auth-Token': 'demo-token' } })).text()
  const { code, err } = await emulator.stop()
  expect(code).toBe(0)
  expect(err.split('\n').filter((line) => line.includes('data folder'))).toEqual([
    `ims-emulator: the data folder ${data} was removed while its worlds are open. What they hold is lost when this process ends; download it from /_ims/database, and start again.`,
  ])
})

describe('environment variables', () => {
  test('that are empty are not set, and neither is an empty --host', async () => {
    const names = [
      'HOST',
      'PORT',
      'DATA',
      'BUCKETS',
      'FROM',
      'SCENARIO',
      'PACE',
      'CLOCK',
      'SEED',
      'AUTH',
      'GLANCE',
    ]
    const further = [
      'EXPLAIN_AUTH',
      'ALLOW_HOST',
      'CONTROL_KEY',
      'VALIDATE_RESPONSES',
      'GRACE',
      'KEEP_ALIVE',
      'PUBLIC_URL',
      'TRUST_PROXY',
      'BUCKETS_WRITE',
      'OBJECT_STORE',
    ]
    const env = Object.fromEntries([...names, ...further].map((name) => [`IMS_${name}`, '']))
    await using emulator = await startProcess(['--port', '0', '--host', ''], env)
    expect(new URL(emulator.url).hostname).toBe('127.0.0.1')
    expect(emulator.banner).toContain('in memory, gone when the process ends')
    await using second = await startProcess(['--port', '0'], env)
    expect(new URL(second.url).hostname).toBe('127.0.0.1')
  })

  test.each([
    ['false', false],
    ['No', false],
    ['1', true],
  ])('IMS_EXPLAIN_AUTH=%s explains refusals: %s', async (value, explains) => {
    await using emulator = await startProcess(['--port', '0', '--auth', 'strict'], {
      IMS_EXPLAIN_AUTH: value,
    })
    const response = await fetch(`${emulator.url}/v2/cloudimages`, {
      headers: {
        'X-Sdk-Date': `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`,
        Authorization: `SDK-HMAC-SHA256 Access=DEMOACCESSKEY0000001, SignedHeaders=host;x-sdk-date, Signature=${'0'.repeat(64)}`,
      },
    })
    expect(response.status).toBe(401)
    expect((await response.text()).includes('explanation')).toBe(explains)
  })

  test('that turn an option neither on nor off are refused', async () => {
    const { code, err } = await run(['--port', '0'], { IMS_EXPLAIN_AUTH: 'maybe' })
    expect({ code, err }).toEqual({
      code: 2,
      err: "ims-emulator: IMS_EXPLAIN_AUTH is 'maybe'. Give true or false.\n",
    })
  })
})

test('a reader of --help that goes away sees no stack', async () => {
  const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))
  const child = spawn(process.execPath, [bin, 'start', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const [code] = await once(child, 'close')
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

describe('a data folder that another process holds', () => {
  test('is refused with the id and the address of its holder', async () => {
    const data = dataFolder('held')
    await using holder = await startProcess(['--port', '0', '--data', data])
    expect(await refusal('--data', data)).toBe(
      `ims-emulator: the data folder ${data} is in use by the ims-emulator with the process id ${holder.child.pid} at ${holder.url}. Stop it, or take another --data folder.`,
    )
  })

  test.each(['SIGTERM', 'SIGKILL'] as const)('is free after %s', async (signal) => {
    const data = dataFolder(signal)
    await using holder = await startProcess(['--port', '0', '--data', data])
    await holder.stop(signal)
    await using next = await startProcess(['--port', '0', '--data', data])
    expect((await next.stop()).code).toBe(0)
  })
})

test('temporary folders of processes that were killed are removed by the next start', async () => {
  const temporary = join(scratch.path, 'temporary')
  mkdirSync(join(temporary, 'ims-emulator-canary'), { recursive: true })
  const env = { TMPDIR: temporary }
  await using running = await startProcess(['--port', '0'], env)
  const killed = await startProcess(['--port', '0'], env)
  const folders = () => readdirSync(temporary).filter((name) => /^ims-emulator-.*-\d+-/.test(name))
  expect(folders()).toHaveLength(2)
  await killed.stop('SIGKILL')
  expect(folders()).toHaveLength(2)
  await using next = await startProcess(['--port', '0'], env)
  const left = folders()
  expect(left).toHaveLength(2)
  for (const { pid } of [running.child, next.child]) expect(left.join()).toContain(`-${pid}-`)
  expect(readdirSync(temporary)).toContain('ims-emulator-canary')
})
