import { describe } from 'vitest'
import { expect } from '../../emulator.ts'
import { asPartner } from '../../private-image.ts'
import { asReader, PARTNER_USER, PROJECT, READER, strictTest as test } from '../../tenants.ts'
import {
  askForToken,
  byAgency,
  DEMO_USER,
  expectRefusal,
  iamTimeAfter,
  PROJECT_SCOPE,
  tokenOf,
} from './requests.ts'

const PATH = '/v3.0/OS-CREDENTIAL/credentials'

describe('list of access keys', () => {
  test('contains permanent access keys only, without secret keys', async ({ emulator }) => {
    await emulator.post('/v3.0/OS-CREDENTIAL/securitytokens', { auth: { identity: { methods: ['token'] } } })
    const reply = await emulator.get(PATH)
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 200,
      body: {
        credentials: [
          {
            user_id: DEMO_USER,
            access: 'DEMOACCESSKEY0000001',
            status: 'active',
            create_time: await iamTimeAfter(emulator),
            description: '',
          },
        ],
      },
    })
  })

  test("needs a right for the keys of another user, and none for one's own", async ({ emulator }) => {
    const own = await emulator.get(PATH, asReader)
    expect(own.body.credentials.map(({ access }: { access: string }) => access)).toEqual([
      'DEMOACCESSKEY0000004',
    ])
    expect((await emulator.get(`${PATH}?user_id=${READER}`)).body).toEqual(own.body)
    const refused = await emulator.get(`${PATH}?user_id=${DEMO_USER}`, asReader)
    expectRefusal(refused, 403, "Policy doesn't allow iam:credentials:listCredentials to be performed.")
  })

  test('is empty for a user without keys and for an agency', async ({ emulator }) => {
    const user = { id: 'e'.repeat(32), name: 'keyless', project_id: PROJECT }
    await emulator.post('/_ims/fixtures', { users: [user] })
    expect((await emulator.get(`${PATH}?user_id=${user.id}`)).body).toEqual({ credentials: [] })
    const token = tokenOf(await askForToken(emulator, byAgency(), PROJECT_SCOPE, asPartner))
    expect((await emulator.get(PATH, { token })).body).toEqual({ credentials: [] })
  })

  test('a user of another account is answered 404', async ({ emulator }) => {
    const reply = await emulator.get(`${PATH}?user_id=${PARTNER_USER}`)
    expectRefusal(reply, 404, `Could not find user: ${PARTNER_USER}.`)
  })
})
