import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StartedEmulator, startEmulator } from '../../src/index.ts'
import { diskImage, diskImageBytes, type Scratch, scratchFolder } from '../emulator.ts'
import { workbookRows } from '../workbook.ts'
import { type Finished, run } from './process.ts'

let scratch: Scratch
let emulator: StartedEmulator

beforeAll(async () => {
  scratch = scratchFolder()
  emulator = await startEmulator({ clock: { rate: 0 } })
})

afterAll(async () => {
  await emulator.close()
  scratch[Symbol.dispose]()
})

/** Runs a command against the emulator, about a world of it. */
function ims(args: readonly string[], world = 'default'): Promise<Finished> {
  return run(args, { IMS_URL: emulator.url, IMS_WORLD: world })
}

function done(out: unknown): unknown {
  return { code: 0, out, err: '' }
}

test('world create sends a scenario file of this machine with its fixtures', async () => {
  const scenario = join(scratch.path, 'mine.yaml')
  writeFileSync(join(scratch.path, 'servers.yaml'), 'enterprise_projects: []\nusers: []\n')
  writeFileSync(scenario, 'scenario: mine\nfixtures: [demo-tenants, ./servers.yaml]\npace: 2\n')
  const args = ['world', 'create', '--name', 'filed', '--scenario', scenario, '--pace', '7', '--json']
  const { code, out, err } = await ims(args)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(JSON.parse(out)).toMatchObject({
    name: 'filed',
    scenario: 'mine',
    endpoint: `${emulator.url}/w/filed`,
  })
  const info = await (await fetch(`${emulator.url}/_ims/worlds/filed/info`)).json()
  expect(info).toMatchObject({ scenario: 'mine', pace: 7 })
})

test('clock advance --to moves the clock to an instant', async () => {
  await using world = await emulator.world({ name: 'timed' })
  expect(await ims(['clock', 'advance', '--to', '2100-01-01T00:00:00Z'], 'timed')).toEqual(
    done('2100-01-01T00:00:00.000Z  frozen, nothing planned\n'),
  )
  expect((await world.clock.show()).now).toBe('2100-01-01T00:00:00.000Z')
})

test('clock advance rejects two targets as a mistake of the command line', async () => {
  expect(await ims(['clock', 'advance', '3m', '--until', 'idle'])).toEqual({
    code: 2,
    out: '',
    err: 'ims-emulator: give exactly one of <by>, --to and --until\n',
  })
})

test('rules add keeps the order of the rules in a file', async () => {
  await using world = await emulator.world({ name: 'ruled' })
  const file = join(scratch.path, 'rules.yaml')
  writeFileSync(
    file,
    'rules:\n  - { name: one, when: { operation: ListImages }, then: { error: APIGW.0201 } }\n  - { name: two, when: { operation: ListTags }, then: { latency: 1ms } }\n',
  )
  expect(await ims(['rules', 'add', file], 'ruled')).toEqual(done('one is added\ntwo is added\n'))
  expect((await world.rules.list()).map(({ name }) => name)).toEqual(['one', 'two'])
})

test('rules add reports every mistake of a file and adds none of its rules', async () => {
  await using world = await emulator.world({ name: 'unruled' })
  const file = join(scratch.path, 'wrong.yaml')
  writeFileSync(
    file,
    '- { name: fine, when: { operation: ListImages }, then: { error: APIGW.0201 } }\n- { nam: bad, when: {}, then: { error: APIGW.0201 } }\n',
  )
  const { code, err } = await ims(['rules', 'add', file], 'unruled')
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringContaining(
      `ims-emulator: ${file}: rule 2: nam is no field of a rule; did you mean name?\n`,
    ),
  })
  expect(await world.rules.list()).toEqual([])
})

test('journal prints a line for each request', async () => {
  await using world = await emulator.world({ name: 'told' })
  await world.fetch('/v2/cloudimages?limit=1&bogus=1')
  const { code, out, err } = await ims(['journal', '--operation', 'List*'], 'told')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(
    /^\S+Z {2}200 {2}GET {5}\/w\/told\/v2\/cloudimages\?limit=1&bogus=1 {2}ListImages {2}[\d.]+ ms\n/,
  )
})

test('journal --har writes an HTTP archive to a file', async () => {
  await using world = await emulator.world({ name: 'archived' })
  await world.fetch('/v2/cloudimages')
  const file = join(scratch.path, 'journal.har')
  expect(await ims(['journal', '--har', file], 'archived')).toEqual({
    code: 0,
    out: '',
    err: `ims-emulator: 1 requests written to ${file}\n`,
  })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(await world.journal.har())
})

test('image import uploads a disk image byte for byte and prints its id', async () => {
  await using world = await emulator.world({ name: 'filled' })
  const file = diskImage('tiny-v3.qcow2')
  const { code, out, err } = await ims(
    ['image', 'import', file, '--name', 'mine', '--min-disk', '3'],
    'filled',
  )
  expect({ code, err }).toEqual({
    code: 0,
    err: `uploading ${file} (qcow2, 96.0 KiB)\nuploaded ${file} (qcow2, 96.0 KiB)\n`,
  })
  const id = out.trim()
  expect(await (await world.fetch(`/v2/images/${id}`)).json()).toMatchObject({
    name: 'mine',
    status: 'active',
    disk_format: 'qcow2',
    min_disk: 3,
  })
  const bytes = Buffer.from(await (await world.fetch(`/v2/images/${id}/file`)).arrayBuffer())
  expect(bytes.equals(diskImageBytes('tiny-v3.qcow2'))).toBe(true)
})

test('image import reports the refusal of the cloud and leaves no image', async () => {
  await using world = await emulator.world({ name: 'refusing' })
  await world.rules.add({
    name: 'full',
    when: { operation: 'GlanceUploadImage' },
    then: { error: 'IMG.0015' },
  })
  const { code, out, err } = await ims(['image', 'import', diskImage('tiny-v3.qcow2')], 'refusing')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err.split('\n').at(-2)).toMatch(
    /^ims-emulator: the cloud refused PUT \/v2\/images\/\S+\/file with 4\d\d: /,
  )
  expect(await (await world.fetch('/v2/cloudimages?__imagetype=private')).json()).toEqual({ images: [] })
})

test('snapshot download writes a whole SQLite file', async () => {
  const file = join(scratch.path, 'world.sqlite')
  const { code, out } = await ims(['snapshot', 'download', file, '--json'])
  const bytes = readFileSync(file)
  expect({ code, ...JSON.parse(out) }).toEqual({ code: 0, file, bytes: bytes.length })
  expect(bytes.subarray(0, 15).toString()).toBe('SQLite format 3')
})

test('an unknown world is reported with the known ones', async () => {
  const { code, out, err } = await ims(['clock'], 'nowhere')
  expect({ code, out, err }).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/^ims-emulator: no world is called nowhere; there are: default/),
  })
})

test('doctor exits with 1 when nothing answers, and still prints the snippets of clients', async () => {
  const gone = await startEmulator()
  await gone.close()
  const { code, out } = await run(['doctor', '--json'], { IMS_URL: gone.url })
  const { findings, clients } = JSON.parse(out)
  expect({ code, first: findings[0], curl: clients.curl }).toEqual({
    code: 1,
    first: {
      verdict: 'wrong',
      about: 'emulator',
      found: `nothing answers at ${gone.url}`,
      advice: 'start one with ims-emulator start, or give its address with --url or IMS_URL',
    },
    curl: `curl -H 'X-Auth-Token: demo-token' '${gone.url}/v2/cloudimages?__imagetype=gold&limit=1'`,
  })
})

test('an invalid address is a mistake of the command line', async () => {
  expect(await run(['clock', '--url', '127.0.0.1:7878'])).toEqual({
    code: 2,
    out: '',
    err: "ims-emulator: option '--url <url>' argument '127.0.0.1:7878' is invalid. Give an address such as http://127.0.0.1:7878.\n",
  })
})

test('bucket copies files into a bucket and back, lists and deletes them', async () => {
  const file = diskImage('tiny-v3.qcow2')
  const size = `${(readFileSync(file).length / 1024).toFixed(1)} KiB`
  expect(await ims(['bucket', 'ls'])).toEqual(done('default has no buckets\n'))
  expect(await ims(['bucket', 'cp', file, 'images:dir/'])).toEqual(
    done(`images:dir/tiny-v3.qcow2, ${size}\n`),
  )
  expect(await ims(['bucket', 'make-disk', 'images:empty.qcow2', '--size', '40GiB'])).toEqual(
    done('images:empty.qcow2, 256.0 KiB\n'),
  )
  expect(await ims(['bucket', 'cp', 'images:empty.qcow2', 'other:'])).toEqual(
    done('other:empty.qcow2, 256.0 KiB\n'),
  )
  const listed = await ims(['bucket', 'ls', 'images:dir/', '--json'])
  expect(JSON.parse(listed.out)).toMatchObject([{ key: 'dir/tiny-v3.qcow2' }])
  expect((await ims(['bucket', 'ls', 'images'])).out).toMatch(
    /^SIZE +CHANGED +KEY\n.* dir\/tiny-v3.qcow2\n256.0 KiB .* empty.qcow2\n$/,
  )
  expect((await ims(['bucket', 'ls'])).out).toMatch(/^NAME .*\nimages +every region +STANDARD\nother .*\n$/)
  const back = join(scratch.path, 'back.qcow2')
  expect(await ims(['bucket', 'cp', 'images:dir/tiny-v3.qcow2', back])).toEqual(done(`${back}, ${size}\n`))
  expect(readFileSync(back)).toEqual(readFileSync(file))
  expect(await ims(['bucket', 'rm', 'images:dir/'])).toEqual(done('1 object deleted\n'))
  expect(await ims(['bucket', 'rm', 'images:empty.qcow2'])).toEqual(done('images:empty.qcow2 is deleted\n'))
  for (const bucket of ['images', 'other'])
    expect(await ims(['bucket', 'rm', bucket])).toEqual(done(`${bucket} is deleted\n`))
  expect(await ims(['bucket', 'ls'])).toEqual(done('default has no buckets\n'))
})

test.each([
  [
    ['cp', 'nothing.qcow2', 'images:'],
    'nothing.qcow2 is no file; give a file of this machine, or bucket:key',
  ],
  [['cp', 'a', 'b'], 'neither a nor b is in a bucket; write one of them as bucket:key'],
  [['make-disk', 'images'], 'images is no object; write bucket:key, as images:disk.qcow2'],
  [['ls', 'none'], 'no bucket is called none; there are: none'],
])('bucket %j says what is wrong', async (args, message) => {
  expect(await ims(['bucket', ...args])).toEqual({ code: 1, out: '', err: `ims-emulator: ${message}\n` })
})

test('image export-list writes the list of images as CSV or as a workbook', async () => {
  const { code, out, err } = await ims(['image', 'export-list', '--public'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^Name,Status,OS,Image Type,Created,System Disk,Minimum Memory\r\n/)
  const file = join(scratch.path, 'images.xlsx')
  expect((await ims(['image', 'export-list', file])).out).toMatch(/images\.xlsx is written: \d/)
  expect(workbookRows(readFileSync(file))[0]?.slice(0, 2)).toEqual(['Name', 'ID'])
  const refused = await ims(['image', 'export-list', 'images.txt'])
  expect([refused.code, refused.err]).toEqual([
    1,
    'ims-emulator: the name of images.txt tells no format; let it end in .csv or .xlsx\n',
  ])
})

test('ca prints the authority of a running emulator', async () => {
  expect(await ims(['ca'])).toEqual(done(await emulator.ca()))
})

test('ca --data prints that of a folder, which a later emulator has', async () => {
  const data = join(scratch.path, 'with-authority')
  mkdirSync(data)
  const { code, out } = await run(['ca', '--data', data])
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('BEGIN CERTIFICATE') })
  await using later = await startEmulator({ data })
  expect(await later.ca()).toBe(out)
})

test('ca --data of a folder that does not exist says so', async () => {
  const { code, err } = await run(['ca', '--data', join(scratch.path, 'nowhere')])
  expect(code).toBe(1)
  expect(err).toContain('authority.pem cannot be used')
})
