import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientVariables, environmentWith } from '../../src/cli/run/environment.ts'
import { trustVariables } from '../../src/cli/run/trust.ts'
import { connectWorld, type StartedEmulator, startEmulator } from '../../src/index.ts'
import { scratchFolder } from '../emulator.ts'
import { type Finished, follow, run } from './process.ts'

let emulator: StartedEmulator

beforeAll(async () => {
  emulator = await startEmulator({ clock: { rate: 0 }, note: () => {} })
})
afterAll(() => emulator.close())

/** Runs a script of Node under `run`, in processes of their own: the command has the terminal of its parent. */
async function under(flags: readonly string[], script: string, env = {}): Promise<Finished> {
  const args = ['run', ...flags, '--', process.execPath, '--input-type=module', '-e', script]
  await using running = follow(args, env)
  return await running.ended
}

const atRunning = () => ({ IMS_URL: emulator.url })

const QUOTA = 'https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota'
const ASK = `const { status } = await fetch('${QUOTA}', { headers: { 'X-Auth-Token': 'any' } }); console.log(status)`

describe('without a running emulator', () => {
  test('a command has one of its own, and all of it is gone afterwards', async () => {
    const facts = `console.log(JSON.stringify(await (await fetch(process.env.IMS_URL + '/_ims/info')).json()))`
    const { code, out, err } = await under(
      ['--own', '--scenario', 'instant'],
      `${ASK}; ${facts}; console.log(process.env.SSL_CERT_FILE); console.log(process.env.IMS_URL); process.exit(7)`,
    )
    expect({ code, err }).toEqual({ code: 7, err: '' })
    const [status, info = '', bundle = '', url] = out.trim().split('\n')
    expect(status).toBe('200')
    expect(JSON.parse(info)).toMatchObject({ scenario: 'instant', worlds: ['default'] })
    expect(existsSync(bundle)).toBe(false)
    await expect(fetch(`${url}/_ims/health`)).rejects.toThrow()
  })

  test('an operation that is not emulated is told about while the command runs', async () => {
    const script = `await fetch('https://dns.cn-north-4.myhuaweicloud.com/v2/zones')`
    const { err } = await under(['--own'], script)
    expect(err).toContain('ims-emulator: dns: GET /v2/zones is not emulated')
  })

  test('there is no world to keep', async () => {
    const { code, err } = await run(['run', '--own', '--keep', '--', 'true'])
    expect(code).toBe(1)
    expect(err).toContain('there is no world to keep')
  })

  test('a scenario that does not exist is refused before the command runs', async () => {
    const { code, out, err } = await under(['--own', '--scenario', 'instnat'], 'console.log("ran")')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('instnat')
  })
})

describe('with a running emulator', () => {
  test('a command has a new world, which is deleted afterwards', async () => {
    const { code, out } = await under([], `${ASK}; console.log(process.env.IMS_WORLD)`, atRunning())
    expect(code).toBe(0)
    const [status, name] = out.trim().split('\n')
    expect(status).toBe('200')
    expect(name).toMatch(/^world-\d+$/)
    expect((await emulator.worlds()).map((world) => world.name)).toEqual(['default'])
    expect((await emulator.journal.page()).total).toBe(0)
  })

  test('--keep leaves the world, with the requests of the command in it', async () => {
    const flags = ['--keep', '--world', 'kept', '--scenario', 'instant']
    const { code, err } = await under(flags, ASK, atRunning())
    expect({ code, err }).toEqual({
      code: 0,
      err: 'ims-emulator: the world kept stays: ims-emulator world show kept\n',
    })
    const kept = await connectWorld(emulator.url, 'kept')
    const { requests } = await kept.journal.page()
    expect(requests).toEqual([expect.objectContaining({ operation: 'ShowImageQuota', status: 200 })])
    expect((await run(['world', 'delete', 'kept'], atRunning())).code).toBe(0)
  })

  test('a world that exists is used and stays', async () => {
    await using world = await emulator.world({ name: 'mine' })
    expect((await under(['--world', 'mine'], ASK, atRunning())).code).toBe(0)
    expect((await world.journal.page()).total).toBe(1)
    const { code, err } = await run(
      ['run', '--world', 'mine', '--scenario', 'instant', '--', 'true'],
      atRunning(),
    )
    expect(code).toBe(1)
    expect(err).toContain('the world mine is there already, with the scenario standard')
  })

  test('operations that are not emulated are listed after the command', async () => {
    const script = `for (const i of [1, 2]) await fetch('https://dns.cn-north-4.myhuaweicloud.com/v2/zones')`
    const { err } = await under([], script, atRunning())
    expect(err).toBe('ims-emulator: dns: GET /v2/zones is not emulated\n')
  })

  test('a scenario file of this machine is sent', async () => {
    using scratch = scratchFolder()
    const file = join(scratch.path, 'mine.yaml')
    writeFileSync(file, 'scenario: of-mine\nextends: standard\n')
    const script = `console.log((await (await fetch(process.env.IMS_ENDPOINT + '/_ims/info')).json()).scenario)`
    const { out } = await under(['--scenario', file], script, atRunning())
    expect(out).toBe('of-mine\n')
  })

  test('nothing runs when nothing answers at the address', async () => {
    const { code, out, err } = await under(['--url', 'http://127.0.0.1:1'], 'console.log("ran")')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('nothing answers at http://127.0.0.1:1')
  })
})

describe('the end of a command', () => {
  test('by a signal that it handles gives its own exit code, and the world is deleted', async () => {
    const script = `process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('ready')`
    const args = ['run', '--', process.execPath, '-e', script]
    await using running = follow(args, atRunning())
    await running.until('ready')
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(9)
    expect((await emulator.worlds()).map(({ name }) => name)).toEqual(['default'])
  })

  test('by a signal is 128 and its number', async () => {
    const { code } = await under([], `process.kill(process.pid, 'SIGKILL')`, atRunning())
    expect(code).toBe(137)
  })

  test.each([
    ['there is none of that name', 'no-such-command-anywhere', 127, 'there is no such command'],
    ['it is a folder', '/', 126, 'EACCES'],
  ])('before it began, because %s, is as in a shell', async (_why, command, expected, message) => {
    const { code, err } = await run(['run', '--', command], atRunning())
    expect(code).toBe(expected)
    expect(err).toContain(message)
  })

  test('is a mistake of the command line without a command', async () => {
    expect((await run(['run'])).code).toBe(2)
  })
})

describe('the environment of a command', () => {
  const USER = {
    user_id: 'u',
    project_id: 'p',
    domain_id: 'd',
    access_key: 'ak',
    secret_key: 'sk',
    token: 't',
  }
  const world = {
    ...{ name: 'blue', endpoint: 'http://127.0.0.1:7878/w/blue', scenario: 'standard', seed: 1 },
    ...{ auth: 'lenient' as const, time: '', region: 'cn-north-4', project_id: 'p' },
    ...{ access_key: 'ak', secret_key: 'sk', token: 't', users: { demo: USER } },
  }
  const place = { url: 'http://127.0.0.1:7878', world, glance: 'huawei' as const }
  const environmentOf = (
    before: Record<string, string>,
    where: Parameters<typeof clientVariables>[0] = place,
  ) => environmentWith(before, clientVariables(where, before))

  test('has the proxy with the name of the world, and no way past it to a real cloud', () => {
    const before = {
      no_proxy: 'registry.terraform.io, .myhuaweicloud.com,*,iam.eu-de.otc.t-systems.com',
      ALL_PROXY: 'socks5://x',
    }
    const found = environmentOf(before)
    expect(found).toMatchObject({
      HTTPS_PROXY: 'http://blue:x@127.0.0.1:7878',
      http_proxy: 'http://blue:x@127.0.0.1:7878',
      NO_PROXY: 'localhost,127.0.0.1,::1,registry.terraform.io',
      no_proxy: 'localhost,127.0.0.1,::1,registry.terraform.io',
    })
    expect(found.ALL_PROXY).toBeUndefined()
  })

  test('has no credentials of a real cloud left', () => {
    const before = {
      HW_SECURITY_TOKEN: 'real',
      HW_ACCESS_KEY: 'real',
      HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4: 'https://real',
      AWS_SESSION_TOKEN: 'real',
      AWS_PROFILE: 'real',
      OS_CLOUD: 'real',
      OS_PASSWORD: 'real',
    }
    const found = environmentOf({ ...before, HW_ENTERPRISE_PROJECT_ID_TEST: 'of the tests', PATH: '/bin' })
    expect(Object.values(found)).not.toContain('real')
    expect(Object.values(found)).not.toContain('https://real')
    expect(found).toMatchObject({
      HW_ACCESS_KEY: 'ak',
      HW_ENTERPRISE_PROJECT_ID_TEST: 'of the tests',
      HUAWEICLOUD_SDK_DOMAIN_ID: 'd',
      PATH: '/bin',
    })
  })

  test.each([
    ['cn-north-4', 'myhuaweicloud.com'],
    ['eu-west-101', 'myhuaweicloud.eu'],
    ['eu-de', 'otc.t-systems.com'],
  ])('has the addresses of the cloud with the region %s', (region, domain) => {
    expect(environmentOf({}, { ...place, world: { ...world, region } })).toMatchObject({
      OS_AUTH_URL: `https://iam.${region}.${domain}/v3`,
      AWS_ENDPOINT_URL_S3: `https://obs.${region}.${domain}`,
    })
  })

  test('has the Keystone of a stock Glance at its own address', () => {
    expect(environmentOf({}, { ...place, glance: 'stock' }).OS_AUTH_URL).toBe(
      'http://127.0.0.1:7878/w/blue/v3',
    )
  })

  test('trusts the authority of the emulator, the machine, and the files of the user', () => {
    using scratch = scratchFolder()
    const own = join(scratch.path, 'own.pem')
    writeFileSync(own, 'OF THE USER')
    const before = { SSL_CERT_FILE: own, NODE_EXTRA_CA_CERTS: join(scratch.path, 'gone.pem') }
    const found = environmentWith(before, trustVariables('OF THE EMULATOR', scratch.path, before))
    const bundle = readFileSync(found.SSL_CERT_FILE ?? '', 'utf8')
    expect(bundle).toMatch(/^OF THE EMULATOR\n-----BEGIN CERTIFICATE-----\n[\s\S]+\nOF THE USER\n$/)
    expect(found.REQUESTS_CA_BUNDLE).toBe(found.SSL_CERT_FILE)
    expect(readFileSync(found.NODE_EXTRA_CA_CERTS ?? '', 'utf8')).toBe('OF THE EMULATOR\n')
  })
})
