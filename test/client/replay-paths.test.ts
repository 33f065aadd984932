import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { placedIn, whyUnplayable } from '../../src/client/replay/recorded-path.ts'
import { test } from '../emulator.ts'
import { faults, firstOf, played, recorded } from '../played.ts'

describe('a recording whose path leaves the world of its replay is not sent', () => {
  const POST = 'POST'
  test.for([
    [POST, '/../../_ims/reset', 'its path has a segment of dots'],
    [POST, '/_ims/../../../_ims/reset', 'its path has a segment of dots'],
    [POST, '/%2e%2e/%2E./_ims/reset', 'its path has a segment of dots'],
    [POST, '/%252e%252e/_ims/reset', 'its path has a segment of dots'],
    [POST, '/x%2f..%2f..%2f..%2f_ims%2freset', 'its path has a segment of dots'],
    [POST, '/..\\..\\_ims\\reset', 'its path has a segment of dots'],
    [POST, '/..%5c..%5c_ims/reset', 'its path has a segment of dots'],
    [POST, '/.\t./.\n./_ims/reset', 'its path has a character that no path has'],
    [POST, '/_ims/reset', 'its path leads to a call of the control plane that no recording holds'],
    [
      POST,
      '/_ims/worlds/default/reset',
      'its path leads to a call of the control plane that no recording holds',
    ],
    [POST, '//_ims/reset', 'its path leads to a call of the control plane that no recording holds'],
    [POST, '/%5fims/reset', 'its path leads to a call of the control plane that no recording holds'],
    [
      'DELETE',
      '/_ims/worlds/default',
      'its path leads to a call of the control plane that no recording holds',
    ],
    ['DELETE', '/_ims/journal', 'its path leads to a call of the control plane that no recording holds'],
    [POST, '/_ims', 'its path leads to a call of the control plane that no recording holds'],
    [POST, 'http://127.0.0.1/_ims/reset', 'its path does not begin with a slash'],
    [POST, '.evil.example/_ims/reset', 'its path does not begin with a slash'],
    [POST, '@evil.example/_ims/reset', 'its path does not begin with a slash'],
    [POST, '', 'its path does not begin with a slash'],
  ])('%s %j', async ([method = '', path = '', leftOut], { emulator }) => {
    const id = await emulator.importImage({ name: 'kept' })
    const recording = await recorded(emulator)
    const { user: _user, project: _project, ...request } = firstOf(recording)
    const hostile = { ...recording, requests: [{ ...request, method, path }] }
    expect(faults(await played(emulator, hostile))).toEqual([{ method, path, differences: [], leftOut }])
    expect((await emulator.get(`/v2/images/${id}`)).body.name).toBe('kept')
    expect((await emulator.get('/_ims/journal')).body.total).toBeGreaterThan(0)
  })
})

test('whatever a path is made of, the address lies in the world of the replay or nothing is sent', () => {
  const part = fc.constantFrom(
    '..',
    '.',
    '%2e',
    '%2E%2e',
    '%252e',
    '/',
    '\\',
    '%2f',
    '%5c',
    '_ims',
    'reset',
    'w',
    '?',
    '#',
    '\t',
    'a',
    '@',
    ':',
  )
  const paths = fc.array(part, { maxLength: 10 }).map((parts) => `/${parts.join('')}`)
  fc.assert(
    fc.property(paths, fc.constantFrom('GET', 'POST', 'DELETE'), (path, method) => {
      if (whyUnplayable({ method, path }) !== undefined) return
      const { host, pathname } = new URL(placedIn('mine', 'http://127.0.0.1:9', path))
      expect(host).toBe('127.0.0.1:9')
      expect(pathname).toMatch(/^\/(w|_ims\/worlds)\/mine\//)
    }),
    { numRuns: 5000 },
  )
})

test('paths that clients send can be played, with dots, encodings and changes of the world', () => {
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/v2/images?name=../_ims/..&limit=1'],
    ['GET', '/v2/images/a..b/.hidden/x.'],
    ['GET', '/v2/images/%E4%BD%A0%20x'],
    ['POST', '/_ims/rules'],
    ['DELETE', '/_ims/rules/no-space'],
    ['POST', '/_ims/fixtures'],
    ['PUT', '/_ims/phase'],
    ['PATCH', '/_ims/quotas'],
    ['PATCH', '/_ims/fixtures/keys/50000000-0000-4000-8000-000000000001'],
    ['DELETE', '/_ims/fixtures/servers/10000000-0000-4000-8000-000000000001'],
  ] as const)
    expect([path, whyUnplayable({ method, path })]).toEqual([path, undefined])
})
