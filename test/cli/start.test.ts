import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageVersion } from '../../src/lib/package-files.ts'
import { scratchFolder } from '../emulator.ts'
import { follow, run, startProcess } from './process.ts'

test('the banner has everything that a client needs, and its curl line works when pasted', async () => {
  await using emulator = await startProcess(['--port', '0'])
  const rows = Object.fromEntries(
    emulator.banner
      .split('\n')
      .flatMap((line) =>
        [/^ {2}([a-z]+(?: [a-z]+)?) {2,}(.+)$/.exec(line)?.slice(1) ?? []].filter((row) => row.length > 0),
      ),
  )
  expect(rows).toEqual({
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    'project id': '0605767a9500d5ed2fb3c00a8e3a0d4c',
    region: 'cn-north-4',
    'access key': 'DEMOACCESSKEY0000001',
    'secret key': 'demo-secret-key-for-the-emulator-only-01',
    token: 'demo-token',
    scenario: 'standard',
    auth: 'lenient',
    state: 'in memory, gone when the process ends',
    buckets: 'none yet; --buckets DIR, or PUT /_ims/buckets/NAME/objects/KEY',
  })
  const curl = emulator.banner.split('\n').find((line) => line.startsWith('  curl')) ?? ''
  const pasted = spawnSync('sh', ['-c', curl.replace('curl', 'curl -s')], { encoding: 'utf8' })
  expect(JSON.parse(pasted.stdout).images).toEqual([expect.objectContaining({ __imagetype: 'gold' })])
})

test('the banner of a stock Glance says what is beside it, and its curl line works when pasted', async () => {
  await using emulator = await startProcess([
    '--port',
    '0',
    '--glance',
    'stock',
    '--scenario',
    'glance-stock',
  ])
  expect(emulator.banner).toMatch(
    /edition +a stock Glance, with a Keystone at http:\S+\/v3; no API of the cloud/,
  )
  const curl = emulator.banner.split('\n').find((line) => line.startsWith('  curl')) ?? ''
  const pasted = spawnSync('sh', ['-c', curl.replace('curl', 'curl -s')], { encoding: 'utf8' })
  expect(JSON.parse(pasted.stdout).images).toEqual([])
})

test('start --json prints the values of the banner on one line', async () => {
  await using started = follow(['--port', '0', '--json'])
  await started.until('\n')
  started.child.kill('SIGTERM')
  const { code, out, err } = await started.ended
  expect({ code, err, lines: out.split('\n').length - 1 }).toEqual({ code: 0, err: '', lines: 1 })
  const facts = JSON.parse(out)
  expect(facts).toEqual({
    name: 'ims-emulator',
    version: packageVersion(),
    endpoint: `http://127.0.0.1:${facts.port}`,
    port: expect.any(Number),
    tls_endpoint: null,
    proxy: `http://127.0.0.1:${facts.port}`,
    pid: started.child.pid,
    project_id: '0605767a9500d5ed2fb3c00a8e3a0d4c',
    region: 'cn-north-4',
    access_key: 'DEMOACCESSKEY0000001',
    secret_key: 'demo-secret-key-for-the-emulator-only-01',
    token: 'demo-token',
    scenario: 'standard',
    auth: 'lenient',
    glance: 'huawei',
    data: null,
    buckets: null,
    object_store: null,
    ready_after_ms: expect.any(Number),
  })
})

test('environment variables set options, and flags take precedence', async () => {
  using scratch = scratchFolder()
  mkdirSync(join(scratch.path, 'buckets', 'one'), { recursive: true })
  const env = {
    IMS_PORT: '0',
    IMS_SCENARIO: 'instant',
    IMS_BUCKETS: join(scratch.path, 'buckets'),
    IMS_PACE: '5',
  }
  await using emulator = await startProcess(['--pace', '7', '--data', join(scratch.path, 'data')], env)
  const info = await (await fetch(`${emulator.url}/_ims/info`)).json()
  expect(info).toMatchObject({
    scenario: 'instant',
    pace: 7,
    buckets: ['one'],
    state: join(scratch.path, 'data'),
  })
})

test('--help and the README list the same flags, each with its variable', async () => {
  const { code, out } = await run(['start', '--help'])
  expect(code).toBe(0)
  const flags = out.split(/^ {2}(?=--)/m).flatMap((option) => {
    const flag = /^--[a-z-]+/.exec(option)?.[0]
    const variable = /IMS_[A-Z_]+/.exec(option)?.[0]
    return flag === undefined || variable === undefined ? [] : [`${flag} ${variable}`]
  })
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| `(--[a-z-]+)` \| `(IMS_[A-Z_]+)` \|/gm)]
  expect(rows.map(([, flag, variable]) => `${flag} ${variable}`).sort()).toEqual(flags.sort())
  expect(flags).toContain('--port IMS_PORT')
})

test.each([
  ['an unknown flag', ['--prot', '1'], 2, "ims-emulator: unknown option '--prot' (Did you mean --port?)\n"],
  [
    'a port that is not a number',
    ['--port', 'http'],
    2,
    "ims-emulator: option '--port <number>' argument 'http' is invalid. Give a number from 0 to 65535.\n",
  ],
  [
    'a scenario that does not exist',
    ['--scenario', 'instnat'],
    1,
    /^ims-emulator: no scenario is called instnat; did you mean instant\? \(there are: .*; or give the path of a file\)\n$/,
  ],
])('%s is reported on one line, with a non-zero exit code', async (_what, args, code, message) => {
  const finished = await run(args)
  expect(finished.code).toBe(code)
  expect(finished.err).toMatch(message)
  expect(finished.out).toBe('')
})

test('a port that another emulator uses is reported with its version and advice', async () => {
  await using first = await startProcess(['--port', '0'])
  const port = new URL(first.url).port
  const { code, err } = await run(['--port', port])
  expect(code).toBe(1)
  expect(err).toMatch(
    new RegExp(
      `^ims-emulator: port ${port} is taken by another ims-emulator \\(\\d+\\.\\d+\\.\\d+\\)\\. Stop it, or start with --port 0 for a free one\\.\\n$`,
    ),
  )
})

test('a port that another program uses is reported', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { code, err } = await run(['--port', String(port)])
  server.close()
  expect(code).toBe(1)
  expect(err).toBe(
    `ims-emulator: port ${port} is taken by another program. Stop it, or start with --port 0 for a free one.\n`,
  )
})

test('SIGTERM lets a running request finish, then the process exits with 0', async () => {
  using scratch = scratchFolder()
  await using emulator = await startProcess(['--port', '0', '--data', scratch.path])
  const headers = { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json' }
  const described = await fetch(`${emulator.url}/v2/images`, {
    method: 'POST',
    headers,
    body: '{"name":"half"}',
  })
  const { id } = JSON.parse(await described.text())
  let release = () => {}
  const half = new Promise<void>((resolve) => {
    release = resolve
  })
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(new Uint8Array(1000))
      await half
      controller.enqueue(new Uint8Array(1000))
      controller.close()
    },
  })
  const file = `${emulator.url}/v2/images/${id}/file`
  const octets = { ...headers, 'Content-Type': 'application/octet-stream' }
  const upload = fetch(file, { method: 'PUT', headers: octets, body, duplex: 'half' })
  const show = async () =>
    JSON.parse(await (await fetch(`${emulator.url}/v2/images/${id}`, { headers })).text()).status
  while ((await show()) !== 'saving');
  const stopped = emulator.stop('SIGTERM')
  release()
  expect((await upload).status).toBe(204)
  expect((await stopped).code).toBe(0)
})

test('SIGTERM ends the process within the grace although an answer is held and an upload stalls', async () => {
  await using emulator = await startProcess(['--port', '0'], { IMS_GRACE: '50ms' })
  const headers = { 'X-Auth-Token': 'demo-token', 'Content-Type': 'application/json' }
  const send = (path: string, body: string) => fetch(emulator.url + path, { method: 'POST', headers, body })
  const rule = { name: 'slow', when: { operation: 'ListImages' }, then: { latency: '10m' } }
  await send('/_ims/rules', JSON.stringify(rule))
  const { id } = JSON.parse(await (await send('/v2/images', '{"name":"half"}')).text())
  const held = fetch(`${emulator.url}/v2/cloudimages`, { headers })
  const octets = { ...headers, 'Content-Type': 'application/octet-stream' }
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1000)) })
  const upload = fetch(`${emulator.url}/v2/images/${id}/file`, {
    method: 'PUT',
    headers: octets,
    body,
    duplex: 'half',
  })
  const ended = Promise.all([expect(held).rejects.toThrow(), expect(upload).rejects.toThrow()])
  const show = async () =>
    JSON.parse(await (await fetch(`${emulator.url}/v2/images/${id}`, { headers })).text()).status
  while ((await show()) !== 'saving');
  const { code, err } = await emulator.stop('SIGTERM')
  await ended
  expect([code, err]).toEqual([0, ''])
})
