import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkEnvironment } from '../../src/cli/doctor/environment.ts'
import { checkFolder, checkNode, checkPort } from '../../src/cli/doctor/machine.ts'
import { CLIENTS, snippetFor } from '../../src/cli/doctor/snippets.ts'
import { scratchFolder } from '../emulator.ts'

const reached = {
  url: 'http://127.0.0.1:7878',
  endpoint: 'http://127.0.0.1:7878/w/blue',
  region: 'cn-north-4',
  projectId: 'project',
  accessKey: 'AK',
  secretKey: 'SK',
  token: 'token',
  auth: 'lenient' as const,
}

const nothing = {
  verdict: 'fine',
  about: 'environment',
  found: 'no proxy, address or credentials that lead elsewhere',
}

test('an environment that leads nowhere else is fine', () => {
  const env = {
    HW_ACCESS_KEY: 'AK',
    OS_AUTH_URL: 'http://127.0.0.1:7878/v3',
    HW_REGION_NAME: 'cn-north-4',
    HTTPS_PROXY: 'http://p',
  }
  expect(checkEnvironment(env, reached)).toEqual([nothing])
})

test('a proxy that would catch the address is wrong, and what to add to NO_PROXY is told', () => {
  expect(checkEnvironment({ HTTP_PROXY: 'http://proxy:3128', NO_PROXY: 'example.org' }, reached)).toEqual([
    {
      verdict: 'wrong',
      about: 'HTTP_PROXY',
      found: 'clients would look for 127.0.0.1 through a proxy',
      advice: 'export NO_PROXY=example.org,127.0.0.1 no_proxy=example.org,127.0.0.1',
    },
  ])
})

test.each([
  ['http://127.0.0.1:7878', '127.0.0.1', 'fine'],
  ['http://127.0.0.1:7878', 'a, 127.0.0.1:7878', 'fine'],
  ['http://127.0.0.1:7878', '127.0.0.1:80', 'wrong'],
  ['http://127.0.0.1:7878', '27.0.0.1', 'wrong'],
  ['http://ims.test:7878', '.test', 'fine'],
  ['http://ims.test:7878', '*.test', 'fine'],
  ['http://imstest:7878', '.test', 'wrong'],
  ['http://[::1]:7878', '::1', 'fine'],
  ['http://[::1]:7878', '[::1]:7878', 'fine'],
  ['http://127.0.0.1:7878', '*', 'fine'],
])('through a proxy, %s with NO_PROXY=%s is %s', (url, exceptions, verdict) => {
  const [finding] = checkEnvironment({ all_proxy: 'http://p', no_proxy: exceptions }, { ...reached, url })
  expect(finding?.verdict).toBe(verdict)
})

test('addresses and credentials of another cloud are told by name, and never shown', () => {
  const env = {
    OS_AUTH_URL: 'https://iam.example.org/v3',
    HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4: 'ims',
    HW_CLOUD: 'example.org',
    HW_ACCESS_KEY: 'REALKEY',
    OS_TOKEN: 'real-token',
  }
  const findings = checkEnvironment(env, { ...reached, auth: 'strict' })
  expect(findings.map(({ verdict, about, found }) => `${verdict} ${about} ${found}`)).toEqual([
    'note OS_AUTH_URL points to iam.example.org',
    'note HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4 is no address',
    'note HW_CLOUD makes Terraform and Packer call names below it for every service whose endpoint is not given',
    'note HW_ACCESS_KEY is not the access key of the demo user',
    'note OS_TOKEN is not the token of the demo user, and goes before access keys',
  ])
  expect(JSON.stringify(findings)).not.toMatch(/REALKEY|real-token/)
})

test.each([
  ['22.17.9', 'wrong'],
  ['22.18.0', 'fine'],
  ['24.0.0', 'fine'],
])('Node %s is %s', (version, verdict) => {
  expect(checkNode(version).verdict).toBe(verdict)
})

test('a folder that can be made is fine, a file in its place is wrong', () => {
  using scratch = scratchFolder()
  const file = join(scratch.path, 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o600)
  expect([
    checkFolder(undefined),
    checkFolder(scratch.path),
    checkFolder(join(scratch.path, 'a', 'b')),
    checkFolder(join(file, 'a')),
  ]).toEqual([
    { verdict: 'fine', about: 'state', found: 'in memory; --data DIR keeps it' },
    { verdict: 'fine', about: 'state', found: `kept in ${scratch.path}` },
    { verdict: 'fine', about: 'state', found: `${join(scratch.path, 'a', 'b')} would be made` },
    {
      verdict: 'wrong',
      about: 'state',
      found: `${file} is a file, no folder`,
      advice: 'name a folder with --data',
    },
  ])
})

test('a port that another program has is told', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const taken = await checkPort(new URL(`http://127.0.0.1:${port}`))
  server.close()
  await once(server, 'close')
  expect([taken, await checkPort(new URL(`http://127.0.0.1:${port}`))]).toEqual([
    {
      verdict: 'wrong',
      about: `port ${port}`,
      found: 'taken by another program',
      advice: 'start with --port 0 for a free one, and set IMS_URL to what the banner says',
    },
    { verdict: 'fine', about: `port ${port}`, found: 'free' },
  ])
})

test('every client is pointed at the world, and Go, which drops paths, at the origin', () => {
  const withoutPath = CLIENTS.filter((client) => !snippetFor(client, reached).includes(reached.endpoint))
  expect(withoutPath).toEqual(['go'])
  expect(snippetFor('go', reached)).toContain('WithEndpoints([]string{"http://127.0.0.1:7878"})')
})
