import { expect, test } from '../emulator.ts'

const deep = '['.repeat(5000) + ']'.repeat(5000)
const BODIES = [`{"frobnicate":${deep}}`, deep, `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`]

test.for([
  ['POST', '/v2/cloudimages/action', 400],
  ['POST', '/v1.0/enterprise-projects', 400],
  ['POST', '/v3/auth/tokens', 400],
  ['POST', '/v2/images', 400],
  ['PATCH', '/v2/cloudimages/00000000-0000-4000-8000-000000000000', 400],
  ['POST', '/_ims/rules', 400],
  ['POST', '/_ims/fixtures', 400],
] as const)(
  '%s %s refuses a body with 5,000 levels of nesting',
  async ([method, path, status], { emulator }) => {
    for (const body of BODIES) {
      const headers = { 'Content-Type': 'application/json' }
      const reply = await emulator.request(method, path, { headers, body })
      expect([reply.status, body.slice(0, 12)]).toEqual([status, body.slice(0, 12)])
    }
    expect((await emulator.get('/_ims/recording')).status).toBe(200)
    expect((await emulator.get('/_ims/journal?bodies=true')).status).toBe(200)
  },
)
