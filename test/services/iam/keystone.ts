import { test as base } from 'vitest'
import { expect, type Reply, startTestEmulator, type TestEmulator } from '../../emulator.ts'

/** A test with a stock Glance and its Keystone, strict as its scenario is. */
export const keystoneTest = base.extend<{ cloud: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  cloud: async ({}, use) => {
    await using emulator = await startTestEmulator({ glance: 'stock', scenario: 'glance-stock' })
    await use(emulator)
  },
})

export const ADMIN_ROLE = '4a5ef374e5672d4d9a36864ba1922a9f'
export const MEMBER_ROLE = 'd3efe23c21e5cc3b66439d02cd152370'
export const READER_ROLE = 'fd8eaf9f11d610eeb1d9b482d4568872'
/** Ids of projects and users in fixtures/glance-stock-tenants.yaml. */
export const PROJECT_A = '000000000000000000000000000000aa'
export const PROJECT_B = '000000000000000000000000000000bb'
export const USER_A = '0000000000000000000000000000aa01'
export const asAdmin = { token: 'tok-admin' }
export const asA = { token: 'tok-a' }

/** Asks for a token by the password of a user of the default domain; by its own one when none is given. */
export function signIn(
  cloud: TestEmulator,
  name: string,
  scope?: unknown,
  password = `${name}-password`,
): Promise<Reply> {
  const user = { name, domain: { id: 'default' }, password }
  const identity = { methods: ['password'], password: { user } }
  const auth = { identity, ...(scope !== undefined && { scope }) }
  return cloud.post('/v3/auth/tokens', { auth }, { token: null })
}

/** A token that was issued, as credentials of a request. */
export function issued(reply: Reply): { token: string } {
  expect(reply.status).toBe(201)
  return { token: reply.headers.get('x-subject-token') ?? '' }
}

/** The refusal of Keystone that tells nothing about why. */
export const UNAUTHENTICATED = {
  error: {
    code: 401,
    message: 'The request you have made requires authentication.',
    title: 'Unauthorized',
  },
}
