import { describe } from 'vitest'
import { expect, type TestEmulator } from '../../emulator.ts'
import { addImages, asPartner } from '../../private-image.ts'
import { DOMAIN, PARTNER_DOMAIN, PROJECT, strictTest as test } from '../../tenants.ts'
import {
  askForToken,
  byAgency,
  byPassword,
  byToken,
  DAY,
  demoDomain,
  expectRefusal,
  expectUnauthenticated,
  iamTimeAfter,
  PROJECT_SCOPE,
  partnerUser,
  tokenOf,
} from './requests.ts'

const READ_ROLES = [{ id: '129cef675888026cee519f73a23bf331', name: 'system_all_ims_readonly' }]
const NOT_AUTHORIZED = 'You are not authorized to perform the requested action.'

const agencyUser = {
  id: expect.stringMatching(/^[0-9a-f]{32}$/),
  name: 'demo/partner_reads_images',
  domain: demoDomain,
  password_expires_at: '',
}

/** A user of the partner account with these roles, and what it shows. */
async function partnerWith(emulator: TestEmulator, roles: string[]) {
  const project = '0605767b4480d5872f0ec00af5c37a9b'
  const user = { id: 'e'.repeat(32), name: 'second', project_id: project, token: 'second-token', roles }
  await emulator.post('/_ims/fixtures', { users: [user] })
  return { token: 'second-token' }
}

describe("token of another account's agency", () => {
  test('is valid for a project of that account, and names the agency and the user', async ({ emulator }) => {
    const reply = await askForToken(emulator, byAgency(), PROJECT_SCOPE, asPartner)
    expect({ status: reply.status, body: reply.body }).toEqual({
      status: 201,
      body: {
        token: {
          catalog: [],
          methods: ['assume_role'],
          issued_at: await iamTimeAfter(emulator),
          expires_at: await iamTimeAfter(emulator, DAY),
          project: { id: PROJECT, name: 'cn-north-4', domain: demoDomain },
          roles: READ_ROLES,
          user: agencyUser,
          assumed_by: { user: partnerUser },
        },
      },
    })
  })

  test.for([
    ['the id of the domain', { domain_name: undefined, domain_id: DOMAIN }],
    ['the documented field agency_name', { xrole_name: undefined, agency_name: 'partner_reads_images' }],
  ] as const)('can be requested with %s', async ([, fields], { emulator }) => {
    const reply = await askForToken(emulator, byAgency(fields), undefined, asPartner)
    const { domain, user } = reply.body.token
    expect({ status: reply.status, domain, user }).toEqual({
      status: 201,
      domain: demoDomain,
      user: agencyUser,
    })
  })

  test('has the roles of the agency in that account and no others', async ({ emulator }) => {
    const [imageId = ''] = await addImages(emulator, { name: 'of-demo' })
    const token = tokenOf(await askForToken(emulator, byAgency(), PROJECT_SCOPE, asPartner))
    const listed = await emulator.get(`/v2/cloudimages?id=${imageId}`, { token })
    expect(listed.body.images.map(({ name }: { name: string }) => name)).toEqual(['of-demo'])
    const deleted = await emulator.delete(`/v2/images/${imageId}`, undefined, { token })
    expect(deleted.status).toBe(403)
  })

  test('is valid for the requested time', async ({ emulator }) => {
    const reply = await askForToken(emulator, byAgency({ duration_seconds: 900 }), PROJECT_SCOPE, asPartner)
    expect(reply.body.token.expires_at).toBe(await iamTimeAfter(emulator, 900))
  })

  test('remains a token of the agency when it is exchanged for another scope', async ({ emulator }) => {
    const token = tokenOf(await askForToken(emulator, byAgency(), PROJECT_SCOPE, asPartner))
    const reply = await askForToken(emulator, byToken(token), { domain: { name: 'demo' } })
    const { user, assumed_by, domain, roles } = reply.body.token
    expect({ user, assumed_by, domain, roles }).toEqual({
      user: agencyUser,
      assumed_by: { user: partnerUser },
      domain: demoDomain,
      roles: READ_ROLES,
    })
    const back = await askForToken(emulator, byToken(token), { domain: { id: PARTNER_DOMAIN } })
    expectRefusal(back, 403, NOT_AUTHORIZED)
  })

  test('needs only the right to assume agencies', async ({ emulator }) => {
    const sent = await partnerWith(emulator, ['Agent Operator'])
    expect((await askForToken(emulator, byAgency(), PROJECT_SCOPE, sent)).status).toBe(201)
  })
})

describe('assuming an agency is refused', () => {
  test('without a token', async ({ emulator }) => {
    expectUnauthenticated(await askForToken(emulator, byAgency(), PROJECT_SCOPE), 'x-auth-token not found')
  })

  test('with a token that was never issued', async ({ emulator }) => {
    const reply = await askForToken(emulator, byAgency(), PROJECT_SCOPE, { token: 'made-up' })
    expectUnauthenticated(reply, 'decrypt token fail')
  })

  test('to a user of an account that the agency does not trust', async ({ emulator }) => {
    const reply = await askForToken(emulator, byAgency(), PROJECT_SCOPE, { token: 'demo-token' })
    expectRefusal(reply, 403, NOT_AUTHORIZED)
  })

  test('to a user without the right to assume agencies', async ({ emulator }) => {
    const sent = await partnerWith(emulator, ['IMS FullAccess'])
    const reply = await askForToken(emulator, byAgency(), PROJECT_SCOPE, sent)
    expectRefusal(reply, 403, "Policy doesn't allow iam:tokens:assume to be performed.")
  })

  test('to a caller that has assumed an agency', async ({ emulator }) => {
    const token = tokenOf(await askForToken(emulator, byAgency(), PROJECT_SCOPE, asPartner))
    expectRefusal(await askForToken(emulator, byAgency(), PROJECT_SCOPE, { token }), 403, NOT_AUTHORIZED)
  })

  test('with 404 when the account has no agency of the name', async ({ emulator }) => {
    const unknown = await askForToken(emulator, byAgency({ xrole_name: 'nothing' }), PROJECT_SCOPE, asPartner)
    expectRefusal(unknown, 404, 'Could not find agency: nothing.')
    const nowhere = await askForToken(emulator, byAgency({ domain_name: 'nowhere' }), undefined, asPartner)
    expectRefusal(nowhere, 404, 'Could not find domain: nowhere.')
  })

  test("for a project of the caller's account and for a project that the agency was not given", async ({
    emulator,
  }) => {
    const own = { project: { id: '0605767b4480d5872f0ec00af5c37a9b' } }
    const reply = await askForToken(emulator, byAgency(), own, asPartner)
    expectRefusal(reply, 400, 'The project information cannot be found.')
    const agency = { name: 'east_only', domain_id: DOMAIN, trusted_domain_id: PARTNER_DOMAIN }
    const east = '0605767a9500d5ed2fb3c00a8e3a0e03'
    await emulator.post('/_ims/fixtures', { agencies: [{ ...agency, projects: [east] }] })
    const identity = byAgency({ xrole_name: 'east_only' })
    expectRefusal(await askForToken(emulator, identity, PROJECT_SCOPE, asPartner), 403, NOT_AUTHORIZED)
    expect((await askForToken(emulator, identity, { project: { id: east } }, asPartner)).status).toBe(201)
  })

  test.for([
    [
      'for less than a quarter of an hour',
      { duration_seconds: 899 },
      '.duration_seconds: Too small: expected number to be >=900',
    ],
    [
      'for more than a day',
      { duration_seconds: 86_401 },
      '.duration_seconds: Too big: expected number to be <=86400',
    ],
    ['without a name', { xrole_name: undefined }, ': needs an agency_name'],
    ['without a domain', { domain_name: undefined }, ': needs a domain_id or a domain_name'],
  ] as const)('%s', async ([, fields, sentence], { emulator }) => {
    const reply = await askForToken(emulator, byAgency(fields), undefined, asPartner)
    expectRefusal(reply, 400, `auth.identity.assume_role${sentence}`)
  })

  test('with a password in place of the agency', async ({ emulator }) => {
    const identity = { ...byPassword(), methods: ['assume_role'] }
    const reply = await askForToken(emulator, identity, PROJECT_SCOPE, asPartner)
    expectRefusal(reply, 400, 'auth.identity.assume_role is required by its method.')
  })
})
