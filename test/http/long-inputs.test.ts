import { expect, test } from 'vitest'
import { namedAccessKey } from '../../src/http/authenticate.ts'
import { startEmulator } from '../../src/index.ts'
import { nearest } from '../../src/lib/nearest.ts'
import { GlanceError, renderGlanceError } from '../../src/services/glance/errors.ts'

/*
 * Texts of a client that are long. None of these tests looks at the clock: with a search that is worse than linear, each would
 * take from minutes to years.
 */

const MEGABYTE = 2 ** 20

test.each([
  ['blanks before its parts', `SDK-HMAC-SHA256${' '.repeat(MEGABYTE)}x`, undefined],
  ['commas and blanks', `SDK-HMAC-SHA256 ${', '.repeat(MEGABYTE)}`, undefined],
  ['an access key at its end', `SDK-HMAC-SHA256 ${', '.repeat(MEGABYTE)}Access=AK, Signature=x`, 'AK'],
  ['an access key at its beginning', `SDK-HMAC-SHA256 Access=AK, ${' '.repeat(MEGABYTE)}`, 'AK'],
])('the access key of an Authorization with %s', (_, authorization, accessKey) => {
  expect(namedAccessKey(authorization)).toBe(accessKey)
})

test('an error of Glance as plain text has no tags, however many begin', () => {
  const body = (message: string) =>
    renderGlanceError(new GlanceError(400, message), 'text/plain', 'plain').body
  expect(body('a <b>c</b> <br />d<')).toContain('a c \nd<')
  expect(body('<'.repeat(MEGABYTE))).toContain('<'.repeat(MEGABYTE))
})

test.each(['a', '<', ' ', "'", '\n', '😀'])(
  'a name of 40,000 times %j is refused, and quoted in part',
  async (character) => {
    await using emulator = await startEmulator({ listen: false })
    const send = async (path: string, method: string, contentType: string, json: unknown) => {
      const headers = { 'Content-Type': contentType }
      const response = await emulator.fetch(path, { method, headers, body: JSON.stringify(json) })
      return { status: response.status, length: (await response.text()).length }
    }
    const name = character.repeat(40_000)
    const described = await send('/v2/images', 'POST', 'application/json', { name })
    expect(described.status).toBe(400)
    expect(described.length).toBeLessThan(2 * MEGABYTE)
    const imported = { name, image_url: 'images:tiny.qcow2', min_disk: 1 }
    expect((await send('/v2/cloudimages/action', 'POST', 'application/json', imported)).status).toBe(400)
  },
)

test('the nearest of many names is looked for among the first thousand of a like length', () => {
  let compared = 0
  function* names() {
    for (;;) {
      compared += 1
      yield `name-${compared % 7}-of-many`
    }
  }
  expect(nearest('name-x-of-mony', names())).toBe('name-1-of-many')
  expect(compared).toBe(1001)
  expect(nearest('n'.repeat(65), ['n'.repeat(64)])).toBeUndefined()
})

test('a hundred patterns that a backtracking engine could not end, on one request', async () => {
  const rules = Array.from({ length: 100 }, (_, i) => ({
    name: `r${i}`,
    when: { body: { name: { matches: `^(a+)+(a|aa)*${i}$` } } },
    then: { error: 'IMG.0015' },
  }))
  await using emulator = await startEmulator({ listen: false })
  const json = { 'Content-Type': 'application/json' }
  const put = { method: 'PUT', headers: json, body: JSON.stringify({ scenario: 'many', rules }) }
  expect((await emulator.fetch('/_ims/scenario', put)).status).toBe(200)
  const body = JSON.stringify({ name: 'a'.repeat(128), image_url: 'images:tiny.qcow2', min_disk: 1 })
  const response = await emulator.fetch('/v2/cloudimages/action', { method: 'POST', headers: json, body })
  expect(response.status).toBe(400)
  const listed = JSON.parse(await (await emulator.fetch('/_ims/rules')).text())
  expect(JSON.stringify(listed)).not.toMatch(/"hits":[1-9]/)
})
