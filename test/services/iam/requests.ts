import { expect, type Reply, type Sent, type TestEmulator } from '../../emulator.ts'
import { DOMAIN, PARTNER_DOMAIN, PARTNER_USER } from '../../tenants.ts'

export const DEMO_USER = '0605767a8880d5a41fb1c00a1d2e9f30'
export const demoDomain = { id: DOMAIN, name: 'demo' }
export const partnerDomain = { id: PARTNER_DOMAIN, name: 'partner' }

/** What is shown of a user wherever it stands in a token. */
const person = (id: string, name: string, domain: object) => ({ id, name, domain, password_expires_at: '' })
export const demoUser = person(DEMO_USER, 'demo', demoDomain)
export const partnerUser = person(PARTNER_USER, 'partner', partnerDomain)

/** Who has these can do everything in an account. */
export const OWNER_ROLES = [
  { id: 'bef6495805dc547ef85b76a491f80359', name: 'te_admin' },
  { id: '7cd0234c48c6ba27941137468466e810', name: 'secu_admin' },
]

export const PROJECT_SCOPE = { project: { name: 'cn-north-4' } }

/** An identity shown by a password; the demo user's when it is not said. */
export function byPassword(
  user: object = { name: 'demo', domain: { name: 'demo' } },
  password = 'demo-password',
) {
  return { methods: ['password'], password: { user: { ...user, password } } }
}

export const byToken = (id: string) => ({ methods: ['token'], token: { id } })

export const byAccessKey = (access: string, secret: string) => ({
  methods: ['hw_ak_sk'],
  hw_ak_sk: { access: { key: access }, secret: { key: secret } },
})

export const byAgency = (fields: object = {}) => ({
  methods: ['assume_role'],
  assume_role: { domain_name: 'demo', xrole_name: 'partner_reads_images', ...fields },
})

/** Asks for a token without a catalogue, and without credentials unless some are sent. */
export function askForToken(
  emulator: TestEmulator,
  identity: unknown,
  scope?: unknown,
  sent: Sent = {},
): Promise<Reply> {
  const auth = { identity, ...(scope !== undefined && { scope }) }
  return emulator.post('/v3/auth/tokens?nocatalog=true', { auth }, { token: null, ...sent })
}

/** A token that was given. */
export async function newToken(emulator: TestEmulator, identity: unknown, scope?: unknown): Promise<string> {
  const reply = await askForToken(emulator, identity, scope)
  expect(reply.status).toBe(201)
  return tokenOf(reply)
}

export function tokenOf(reply: Reply): string {
  const token = reply.headers.get('x-subject-token')
  expect(token).toMatch(/^MII[A-Za-z0-9]{509}$/)
  return token ?? ''
}

/** Now on the world's clock, and so many seconds later, as IAM writes it. */
export async function iamTimeAfter(emulator: TestEmulator, seconds = 0): Promise<string> {
  const { now } = (await emulator.get('/_ims/clock')).body
  return new Date(Date.parse(now) + seconds * 1000).toISOString().replace('Z', '000Z')
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
}

/** Expects a refusal in Keystone's form, word for word, and no token with it. */
export function expectRefusal(reply: Reply, status: number, message: string): void {
  expect({ status: reply.status, body: reply.body }).toEqual({
    status,
    body: { error: { code: status, message, title: TITLES[status] } },
  })
  expect(reply.headers.get('x-subject-token')).toBeNull()
}

/** Expects the refusal of the gateway, which comes before the service. */
export function expectUnauthenticated(reply: Reply, reason: string): void {
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: 401,
    body: {
      error_code: 'APIGW.0301',
      error_msg: `Incorrect IAM authentication information: ${reason}`,
      request_id: reply.headers.get('x-request-id'),
    },
  })
}

export const DAY = 86_400
