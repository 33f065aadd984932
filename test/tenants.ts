import { expect, test as plain, type Reply, startTestEmulator, type TestEmulator } from './emulator.ts'

/** Ids of accounts, projects and users in fixtures/demo-tenants.yaml, which every new world has. */
export const DOMAIN = '0605767a7780d5e50fe5c00a6d1b1c2a'
export const PARTNER_DOMAIN = '0605767b2280d5f10fd2c00ad0e4b8d7'
export const PROJECT = '0605767a9500d5ed2fb3c00a8e3a0d4c'
export const READER = '0605767a8880d5a41fb1c00a1d2e9f32'
export const NEWCOMER = '0605767a8880d5a41fb1c00a1d2e9f33'
export const PARTNER_USER = '0605767b3380d5c21fa9c00ab7f6d451'
export const READERS = '0605767a6660d5a41fb1c00a1d2e9f01'
export const asReader = { token: 'reader-token' }
export const asNewcomer = { token: 'newcomer-token' }

/** A vitest `test` whose fixture `emulator` is a strict emulator: tokens are verified and policies enforced. */
export const strictTest = plain.extend<{ emulator: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  emulator: async ({}, use) => {
    await using emulator = await startTestEmulator({ auth: { mode: 'strict' } })
    await use(emulator)
  },
})

/** Expects a refusal of the control plane with this text. */
export function expectProblem(reply: Reply, status: number, title: string, detail: string): void {
  expect({ status: reply.status, body: reply.body }).toEqual({
    status,
    body: { type: 'about:blank', title, status, detail },
  })
}

/** A policy document with one statement that allows or denies actions. */
export function policyOn(effect: 'Allow' | 'Deny', ...actions: string[]) {
  return { Version: '1.1', Statement: [{ Effect: effect, Action: actions }] }
}
