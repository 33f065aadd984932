import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkEnvironment, checkFolder, checkNode, checkPort } from '../../src/cli/doctor/machine.ts'
import { CLIENTS, clientsFor, snippetFor } from '../../src/cli/doctor/snippets.ts'
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
  glance: 'huawei' as const,
}

const nothing = {
  verdict: 'fine',
  about: 'environment',
  found: 'no proxy, address or credentials point elsewhere',
}

test('an environment without other proxies, addresses or credentials is fine', () => {
  const env = {
    HW_ACCESS_KEY: 'AK',
    OS_AUTH_URL: 'http://127.0.0.1:7878/v3',
    HW_REGION_NAME: 'cn-north-4',
    HTTPS_PROXY: 'http://p',
  }
  expect(checkEnvironment(env, reached)).toEqual([nothing])
})

test('a proxy that would receive the requests is wrong, with advice on NO_PROXY', () => {
  expect(checkEnvironment({ HTTP_PROXY: 'http://proxy:3128', NO_PROXY: 'example.org' }, reached)).toEqual([
    {
      verdict: 'wrong',
      about: 'HTTP_PROXY',
      found: 'clients would send requests for 127.0.0.1 to a proxy',
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

test('addresses and credentials of another cloud are reported by name, without their values', () => {
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
    'note HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4 is not a URL',
    'note HW_CLOUD makes Terraform and Packer call hosts below it for every service without an explicit endpoint',
    'note HW_ACCESS_KEY is not the access key of the demo user',
    'note OS_TOKEN is not the token of the demo user, and takes precedence over access keys',
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

test('a directory that can be created is fine, a file in its place is wrong', () => {
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
    { verdict: 'fine', about: 'state', found: `${join(scratch.path, 'a', 'b')} will be created` },
    {
      verdict: 'wrong',
      about: 'state',
      found: `${file} is a file, not a directory`,
      advice: 'give a directory with --data',
    },
  ])
})

test('a port that another program uses is wrong', async () => {
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
      advice: 'start with --port 0 for a free one, and set IMS_URL to the endpoint in the banner',
    },
    { verdict: 'fine', about: `port ${port}`, found: 'free' },
  ])
})

test('every snippet has the endpoint of the world, except that for Go, whose SDK drops paths', () => {
  const withoutPath = CLIENTS.filter((client) => !snippetFor(client, reached).includes(reached.endpoint))
  expect(withoutPath).toEqual(['go'])
  expect(snippetFor('go', reached)).toContain('WithEndpoints([]string{"http://127.0.0.1:7878"})')
})

test('the snippet for Python names the variable by which tools that take only a region find the emulator', () => {
  expect(snippetFor('python', reached)).toContain(
    'export HUAWEICLOUD_SDK_REGION_IMS_CN_NORTH_4=http://127.0.0.1:7878/w/blue',
  )
})

test('of a stock Glance only the clients are shown that it answers', () => {
  const stock = { ...reached, glance: 'stock' as const }
  expect(clientsFor(stock)).toEqual(['curl', 'openstack'])
  expect(snippetFor('curl', stock)).toContain('/w/blue/v2/images?limit=1')
  expect(clientsFor(reached)).toEqual(CLIENTS)
})
