import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isOfCloud } from '../../src/http/service-address.ts'
import { readCloudDomains } from '../../src/worlds/cloud-domains.ts'
import { startTestEmulator, type TestEmulator } from '../emulator.ts'
import { rawAnswer } from '../http/tunnel.ts'

let emulator: TestEmulator

beforeAll(async () => {
  emulator = await startTestEmulator({ note: () => {} })
})
afterAll(() => emulator.close())

const domains = readCloudDomains([])
const label = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/)
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'))
/** Names that look like those of the cloud, and are none. */
const lookalike = fc.oneof(
  name,
  fc.constantFrom(...domains),
  fc.tuple(label, fc.constantFrom(...domains)).map(([before, domain]) => `${before}${domain}`),
  fc.tuple(fc.constantFrom(...domains), label).map(([domain, after]) => `ims.${domain}.${after}`),
)

test('a tunnel is opened for names of the cloud alone', async () => {
  await fc.assert(
    fc.asyncProperty(lookalike, fc.integer({ min: 0, max: 99_999 }), async (host, port) => {
      fc.pre(!isOfCloud(host, domains))
      const answer = await rawAnswer(emulator.port, `CONNECT ${host}:${port} HTTP/1.1\r\nHost: x\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    }),
    { numRuns: 100 },
  )
})

test('no target of CONNECT ends the emulator or gets a tunnel', async () => {
  const target = fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).filter((text) => !/[\r\n]/.test(text))
  await fc.assert(
    fc.asyncProperty(target, async (text) => {
      const answer = await rawAnswer(emulator.port, `CONNECT ${text} HTTP/1.1\r\nHost: x\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /)
    }),
    { numRuns: 100 },
  )
  expect((await emulator.get('/_ims/health')).status).toBe(200)
})

test('the path of a request in absolute form arrives as it was sent', async () => {
  const part = fc
    .stringMatching(/^[A-Za-z0-9._~%2F-]{1,8}$/)
    .filter((text) => !/%(?![0-9A-F]{2})|^\.{1,2}$/.test(text))
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/at/${parts.join('/')}`)
  await fc.assert(
    fc.asyncProperty(path, fc.constantFrom('', '?a=b', '?q=%2F&q='), async (sent, query) => {
      await emulator.journal.clear()
      const url = `http://nothing.cn-north-4.myhuaweicloud.com${sent}${query}`
      const answer = await rawAnswer(
        emulator.port,
        `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 404 /)
      const { requests } = await emulator.journal.page()
      expect(requests.map((entry) => [entry.service, entry.path])).toEqual([['nothing', sent + query]])
    }),
    { numRuns: 50 },
  )
})
