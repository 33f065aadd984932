import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder, startTestEmulator } from '../emulator.ts'

const DEMO = ['demo-password', 'demo-token', 'demo-secret-key-for-the-emulator-only-01']
const PARTNER = '0605767b4480d5872f0ec00af5c37a9b'

/** The contents of all files under a folder, joined. */
function everythingIn(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isDirectory() ? everythingIn(path) : readFileSync(path, 'latin1')))
    .join('\n')
}

test('the journal, errors, recordings and files contain no secret', async () => {
  using scratch = scratchFolder()
  const data = join(scratch.path, 'data')
  await using emulator = await startTestEmulator({ data, auth: { mode: 'strict' }, explainAuth: true })
  const seen: string[] = []
  const secrets = [...DEMO]
  async function ask(method: string, path: string, json?: unknown, headers = {}) {
    const reply = await emulator.request(method, path, { token: null, json, headers })
    if (reply.status >= 400) seen.push(reply.text)
    return reply
  }
  const login = (password: string) => ({
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: 'demo', password, domain: { name: 'demo' } } },
      },
      scope: { project: { id: emulator.projectId } },
    },
  })

  const token =
    (await ask('POST', '/v3/auth/tokens', login('demo-password'))).headers.get('x-subject-token') ?? ''
  expect(token).not.toBe('')
  const withToken = { 'X-Auth-Token': token }
  const lent = await ask(
    'POST',
    '/v3.0/OS-CREDENTIAL/securitytokens',
    { auth: { identity: { methods: ['token'], token: { duration_seconds: 900 } } } },
    withToken,
  )
  const { secret, securitytoken } = lent.body.credential
  secrets.push(token, secret, securitytoken, 'a-wrong-password', 'a-wrong-token', 'a-wrong-security-token')

  await ask('POST', '/v3/auth/tokens', login('a-wrong-password'))
  await ask('POST', '/v3/auth/tokens', {
    auth: { identity: { methods: ['password'], password: 'a-wrong-password' } },
  })
  await ask('GET', '/v2/cloudimages', undefined, { 'X-Auth-Token': 'a-wrong-token' })
  await ask('GET', '/v3/auth/tokens', undefined, { ...withToken, 'X-Subject-Token': 'a-wrong-token' })
  await ask('GET', `/v1/${PARTNER}/jobs/none`, undefined, withToken)
  await ask('GET', '/v2/cloudimages', undefined, {
    Authorization: `SDK-HMAC-SHA256 Access=${lent.body.credential.access}, SignedHeaders=x-sdk-date;x-security-token, Signature=00`,
    'X-Sdk-Date': '20240506T070809Z',
    'X-Security-Token': 'a-wrong-security-token',
  })
  await ask('GET', '/v2/cloudimages', undefined, {
    Authorization:
      'SDK-HMAC-SHA256 Access=DEMOACCESSKEY0000001, SignedHeaders=x-sdk-date;x-auth-token, Signature=00',
    'X-Sdk-Date': '20240506T070809Z',
  })
  await ask('POST', '/_ims/authorize', { token: 'a-wrong-token', action: 'ims:images:list' })
  expect(seen.length).toBeGreaterThan(5)

  const journal = await emulator.get('/_ims/journal')
  const bodies = await emulator.get('/_ims/journal?bodies=true')
  const har = await emulator.get('/_ims/journal/har')
  const recording = await emulator.get('/_ims/recording')
  const tenants = await emulator.get('/_ims/tenants')
  await emulator.close()
  const places = {
    errors: seen.join('\n'),
    journal: journal.text,
    bodies: bodies.text,
    har: har.text,
    // The scenario of a recording may contain credentials of its fixtures, so only the requests are searched.
    recording: JSON.stringify(recording.body.requests),
    tenants: tenants.text,
    files: everythingIn(data),
  }
  // Proves that the search finds what is stored: an access key id is no secret.
  expect(places.files).toContain('DEMOACCESSKEY0000001')
  for (const [place, text] of Object.entries(places))
    expect({ place, found: secrets.filter((secret) => text.includes(secret)) }).toEqual({ place, found: [] })
})
