import { SaxesParser } from 'saxes'
import { describe } from 'vitest'
import { expect, type Reply, type Sent, type TestEmulator, test } from '../../emulator.ts'
import { NO_IMAGE } from '../../private-image.ts'
import { startScenario } from '../../scenario.ts'

const SENTENCE = `No image found with ID ${NO_IMAGE}`

/** The texts of the elements of a document, by their paths. @throws Error when a parser of XML does not take it. */
function textsOf(xml: string): Record<string, string> {
  const parser = new SaxesParser()
  const texts: Record<string, string> = {}
  const place: string[] = []
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name }) => place.push(name))
  parser.on('text', (text) => {
    const path = place.join('/')
    texts[path] = `${texts[path] ?? ''}${text}`.trim()
  })
  parser.on('closetag', () => place.pop())
  parser.write(xml).close()
  return texts
}

const unknown = (emulator: TestEmulator, accept?: string): Promise<Reply> => {
  const sent: Sent = accept === undefined ? {} : { headers: { Accept: accept } }
  return emulator.get(`/v2/images/${NO_IMAGE}`, sent)
}

const facts = ({ status, headers, text }: Reply) => ({ status, type: headers.get('content-type'), text })

const asPage = { status: 404, type: 'text/html; charset=UTF-8' }
const asJson = {
  status: 404,
  type: 'application/json',
  text: JSON.stringify({
    message: `${SENTENCE}<br /><br />\n\n\n`,
    code: '404 Not Found',
    title: 'Not Found',
  }),
}
const asXml = {
  status: 404,
  type: 'application/xml',
  text: `<?xml version="1.0" encoding="UTF-8"?>\n<error><code>404</code><title>Not Found</title><message>${SENTENCE}</message></error>`,
}

describe('a native call', () => {
  test('is refused with a page that a parser of XML takes, also for a client that takes anything', async ({
    emulator,
  }) => {
    for (const accept of [undefined, '*/*', 'text/html, */*;q=0.5']) {
      const reply = await unknown(emulator, accept)
      expect(facts(reply)).toMatchObject(asPage)
      expect(textsOf(reply.text)).toMatchObject({
        'html/head/title': '404 Not Found',
        'html/body/h1': '404 Not Found',
        'html/body': SENTENCE,
      })
    }
  })

  test('is refused with JSON, which has code and message, for a client that asks for it', async ({
    emulator,
  }) => {
    for (const accept of ['application/json', 'application/json, text/plain, */*'])
      expect(facts(await unknown(emulator, accept))).toEqual(asJson)
  })

  test('that a rule refuses with a code of the gateway is answered as the gateway does', async ({
    emulator,
  }) => {
    const rule = { name: 'busy', when: { operation: 'GlanceShowImage' }, then: { error: 'APIGW.0308' } }
    expect((await emulator.post('/_ims/rules', rule)).status).toBe(201)
    expect((await unknown(emulator)).body).toMatchObject({ error_code: 'APIGW.0308' })
  })

  test('that the policies of a user deny is refused in the native form, without an IMG code', async ({
    emulator,
  }) => {
    expect((await emulator.patch('/_ims/auth', { mode: 'strict' })).status).toBe(200)
    const reply = await emulator.post('/v2/images', { name: 'x' }, { token: 'reader-token' })
    expect(facts(reply)).toMatchObject({ status: 403, type: 'text/html; charset=UTF-8' })
    expect(textsOf(reply.text)['html/body']).toContain(
      "Policy doesn't allow ims:images:create to be performed.",
    )
    expect(reply.text).not.toContain('IMG.')
  })

  test('quotes any text of the request so that the page stays well-formed', async ({ emulator }) => {
    for (const odd of ['<b>&"\'', '\u0001\u001f', '\uffff', 'ü😀'])
      for (const json of [{ min_disk: odd }, { __os_version: odd }, { [odd]: 1 }]) {
        const reply = await emulator.post('/v2/images', json)
        expect(reply.status).toBe(400)
        expect(textsOf(reply.text)['html/head/title']).toBe('400 Bad Request')
      }
  })
})

describe('with native_errors', () => {
  test('json, a client that prefers no form gets code and message, and one that asks for a page a page', async () => {
    await using emulator = await startScenario({ native_errors: 'json' })
    for (const accept of [undefined, '', '*/*'])
      expect(facts(await unknown(emulator, accept))).toEqual(asJson)
    expect(facts(await unknown(emulator, 'text/html'))).toMatchObject(asPage)
  })

  test('xml, a client that prefers no form gets a document, and one that asks for JSON gets JSON', async () => {
    await using emulator = await startScenario({ native_errors: 'xml' })
    for (const accept of [undefined, '*/*', 'application/xml'])
      expect(facts(await unknown(emulator, accept))).toEqual(asXml)
    expect(facts(await unknown(emulator, 'application/json'))).toEqual(asJson)
    const odd = await emulator.post('/v2/images', { __os_version: '<\u0001&ü' })
    expect(textsOf(odd.text)['error/message']).toContain(
      "Invalid value '<\ufffd&ü' for parameter '__os_version'",
    )
  })
})
