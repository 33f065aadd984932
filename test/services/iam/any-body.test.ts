import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestEmulator, type TestEmulator } from '../../emulator.ts'

let emulator: TestEmulator
beforeAll(async () => {
  emulator = await startTestEmulator({ auth: { mode: 'strict' } })
})
afterAll(() => emulator.close())

const anything = fc.jsonValue({ maxDepth: 3 })
const reference = fc.record({ id: fc.string(), name: fc.string() }, { requiredKeys: [] })
const method = fc.constantFrom(
  'password',
  'token',
  'hw_ak_sk',
  'assume_role',
  'totp',
  '__proto__',
  'toString',
)

/** Bodies that get further than their first field: some parts are what they should be and some are not. */
const nearly = fc.record(
  {
    methods: fc.oneof(fc.array(method, { maxLength: 2 }), anything),
    password: fc.oneof(
      fc.record({
        user: fc.record(
          { id: fc.string(), name: fc.string(), domain: reference, password: fc.string() },
          { requiredKeys: ['password'] },
        ),
      }),
      anything,
    ),
    token: fc.oneof(fc.record({ id: fc.string() }), anything),
    hw_ak_sk: fc.oneof(
      fc.record({ access: fc.record({ key: fc.string() }), secret: fc.record({ key: fc.string() }) }),
      anything,
    ),
    assume_role: fc.oneof(
      fc.record({ domain_id: fc.string(), agency_name: fc.string(), duration_seconds: fc.integer() }),
      anything,
    ),
  },
  { requiredKeys: [] },
)
const scope = fc.oneof(fc.record({ project: reference, domain: reference }, { requiredKeys: [] }), anything)

test('a body without valid credentials gets a refusal in Keystone form and no token', async () => {
  const body = fc.oneof(anything, fc.record({ auth: fc.record({ identity: nearly, scope }) }))
  await fc.assert(
    fc.asyncProperty(body, async (json) => {
      const reply = await emulator.post('/v3/auth/tokens', json, { token: null })
      expect(reply.headers.get('x-subject-token')).toBeNull()
      expect([400, 401, 404]).toContain(reply.status)
      const { error_code, error } = reply.body
      expect(error_code ?? error.code).toBe(error_code === undefined ? reply.status : 'APIGW.0301')
    }),
    { numRuns: 300 },
  )
})

test('a header without a valid token gets a refusal in Keystone form', async () => {
  const printable = fc
    .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: 600 })
    .map((codes) => String.fromCharCode(...codes))
  await fc.assert(
    fc.asyncProperty(printable, async (subject) => {
      const reply = await emulator.get('/v3/auth/tokens', { headers: { 'X-Subject-Token': subject } })
      expect(reply.body).toEqual({
        error: { code: 404, message: 'The token could not be found.', title: 'Not Found' },
      })
    }),
    { numRuns: 100 },
  )
})
