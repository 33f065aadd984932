import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from '../emulator.ts'

const bundle = new URL(
  '../../node_modules/openapi-explorer/dist/browser/openapi-explorer.min.js',
  import.meta.url,
)

/** Every address that a page makes a browser load, as the page writes it. */
function loadedBy(page: string): string[] {
  return [...page.matchAll(/\b(?:src|href|spec-url|action)="([^"]*)"/g)].map(([, address = '']) => address)
}

test('the page of the API loads its script and the document by relative addresses, and nothing else', async ({
  emulator,
}) => {
  const page = await emulator.get('/_ims/docs', { token: null })
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(loadedBy(page.text)).toEqual(['data:,', 'docs/openapi-explorer.js', 'openapi.json'])
  expect(page.text).not.toMatch(/https?:|\/\//)
})

test('the content security policy of the page allows only its own server', async ({ emulator }) => {
  const page = await emulator.get('/_ims/docs', { token: null })
  const policy = page.headers.get('content-security-policy') ?? ''
  const sources = Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name = '', ...allowed] = directive.split(' ')
      return [name, allowed]
    }),
  )
  expect(sources).toEqual({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  })
  expect(page.headers.get('referrer-policy')).toBe('no-referrer')
})

test('the script of the page is the file of openapi-explorer', async ({ emulator }) => {
  const script = await emulator.get('/_ims/docs/openapi-explorer.js', { token: null })
  expect(script.status).toBe(200)
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(script.headers.get('x-content-type-options')).toBe('nosniff')
  const digest = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
  expect(digest(script.text)).toBe(digest(readFileSync(bundle)))
})

test('the page below the path of a world shows that world', async ({ emulator }) => {
  await emulator.post('/_ims/worlds', { name: 'blue' })
  const at = `${emulator.url}/_ims/worlds/blue/docs`
  const { text } = await emulator.get('/_ims/worlds/blue/docs')
  const [, script = '', document = ''] = loadedBy(text).map((address) => new URL(address, at).href)
  const scriptAnswer = await emulator.get(script.slice(emulator.url.length))
  expect(scriptAnswer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  const { body } = await emulator.get(document.slice(emulator.url.length))
  expect(body.servers).toEqual([{ url: `${emulator.url}/w/blue`, description: 'This emulator' }])
})
