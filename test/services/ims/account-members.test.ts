import { describe } from 'vitest'
import { expect, type TestEmulator, test } from '../../emulator.ts'
import { addImages, asPartner, expectRefusal, PARTNER } from '../../private-image.ts'
import { DOMAIN, PARTNER_DOMAIN } from '../../tenants.ts'

const PATH = '/v1/cloudimages/members'
/** A third account with two projects in the region and one in another, in an organisation of its own. */
const THIRD = '0605767c2280d5901f0dc00a0b1c2d3e'
const ONE = '0605767c3380d5911f1ac00a1c7d2e8b'
const TWO = '0605767c3380d5911f1ac00a1c7d2e8c'
const EAST = '0605767c4480d5922f1bc00a2d8e3f9c'
const [asOne, asTwo, asEast] = ['one', 'two', 'east'].map((name) => ({ token: `${name}-token` }))
/** An account that is in no organisation and has no project in the region. */
const FAR = '0605767d2280d5901f0dc00a0b1c2d3f'

/** The organisation of fixtures/demo-tenants.yaml: the demo account at the root, the partner in a unit. */
const NODES = `organizations::${DOMAIN}`
const ORGANIZATION = `${NODES}:organization:o-demo0000000000000000000000000000`
const ROOT = `${NODES}:root:o-demo0000000000000000000000000000/r-demo0000000000000000000000000000`
const SUPPLIERS = `${NODES}:ou:o-demo0000000000000000000000000000/ou-suppliers00000000000000000000000`
const OF_THIRD = `organizations::${THIRD}`
const DEEP = `${OF_THIRD}:ou:o-third/ou-deep`

async function addAccounts(emulator: TestEmulator): Promise<void> {
  const project = (id: string, region = 'cn-north-4') => {
    return { id, name: `${region}_${id.at(-1)}`, region, domain_id: THIRD, domain_name: 'third' }
  }
  const user = (name: string, project_id: string) => {
    return { id: name, name, project_id, roles: ['te_admin'], token: `${name}-token` }
  }
  const added = await emulator.post('/_ims/fixtures', {
    projects: [
      project(ONE),
      project(TWO),
      project(EAST, 'cn-east-3'),
      {
        id: FAR.replace('d', 'e'),
        name: 'cn-east-3',
        region: 'cn-east-3',
        domain_id: FAR,
        domain_name: 'far',
      },
    ],
    users: [user('one', ONE), user('two', TWO), user('east', EAST)],
    organizations: [
      {
        id: 'o-third',
        management_account: THIRD,
        root: 'r-third',
        units: [
          { id: 'ou-outer', name: 'outer' },
          { id: 'ou-deep', parent: 'ou-outer', accounts: [THIRD] },
        ],
      },
    ],
  })
  expect(added.status).toBe(201)
}

type Recipients = { projects?: string[]; domains?: string[]; organizations?: string[] }

async function share(emulator: TestEmulator, id: string, recipients: Recipients) {
  const reply = await emulator.post(PATH, { images: [id], ...recipients })
  expect(reply.status).toBe(200)
  await emulator.advance()
  return (await emulator.job(reply.body.job_id)).body
}

async function end(emulator: TestEmulator, id: string, recipients: Recipients): Promise<void> {
  expect((await emulator.delete(PATH, { images: [id], ...recipients })).status).toBe(200)
  await emulator.advance()
}

async function decide(emulator: TestEmulator, id: string, project_id: string, status: string, as = asOne) {
  const reply = await emulator.put(PATH, { images: [id], project_id, status }, as)
  expect(reply.status).toBe(200)
  await emulator.advance()
}

/** Id, type and status of each member, as the owner sees them. */
async function members(emulator: TestEmulator, id: string) {
  const { body } = await emulator.get(`/v1/${emulator.projectId}/cloudimages/${id}/members`)
  return body.members.map((member: Record<string, string>) => [
    member.member_id,
    member.member_type,
    member.status,
  ])
}

/** The ids of the shared images that a project lists with a status. */
async function listed(emulator: TestEmulator, as: typeof asOne, status: string): Promise<string[]> {
  const query = `visibility=shared&__imagetype=shared&member_status=${status}`
  const { body } = await emulator.get(`/v2/cloudimages?${query}`, as)
  return body.images.map((image: { id: string }) => image.id)
}

describe('an image that is shared with an account', () => {
  test('reaches every project of the account in the region, each of which answers for itself', async ({
    emulator,
  }) => {
    await addAccounts(emulator)
    const [id = ''] = await addImages(emulator, {})
    const job = await share(emulator, id, { domains: [THIRD] })
    expect(job.entities).toEqual({ results: [{ image_id: id, status: 'success' }] })
    const shown = await emulator.get(`/v1/${emulator.projectId}/cloudimages/${id}/members/${THIRD}`)
    expect(shown.body).toMatchObject({ member_id: THIRD, member_type: 'domain', status: 'pending' })
    expect(shown.body).not.toHaveProperty('urn')
    expect((await emulator.get(`/v2/images/${id}`)).body).toMatchObject({ visibility: 'shared' })
    for (const as of [asOne, asTwo]) {
      expect(await listed(emulator, as, 'pending')).toEqual([id])
      expect((await emulator.get(`/v2/images/${id}`, as)).status).toBe(200)
      const unasked = await emulator.get(`/v2/cloudimages?owner=${emulator.projectId}`, as)
      expect(unasked.body.images).toEqual([])
    }
    expect((await emulator.get(`/v2/images/${id}`, asEast)).status).toBe(404)
    expect((await emulator.get(`/v2/images/${id}`, asPartner)).status).toBe(404)

    await decide(emulator, id, ONE, 'rejected')
    expect(await members(emulator, id)).toEqual([[THIRD, 'domain', 'rejected']])
    await decide(emulator, id, TWO, 'accepted', asTwo)
    expect(await members(emulator, id)).toEqual([[THIRD, 'domain', 'accepted']])
    expect(await listed(emulator, asOne, 'rejected')).toEqual([id])
    expect(await listed(emulator, asTwo, 'accepted')).toEqual([id])
    const { body } = await emulator.get(`/v2/cloudimages?owner=${emulator.projectId}`, asTwo)
    expect(body.images.map((image: { id: string }) => image.id)).toEqual([id])
  })

  test('is shown to a project with its own answer, and accepted through the native call, too', async ({
    emulator,
  }) => {
    await addAccounts(emulator)
    const [id = ''] = await addImages(emulator, {})
    await share(emulator, id, { domains: [THIRD] })
    const own = `/v2/images/${id}/members/${ONE}`
    const accepted = await emulator.put(own, { status: 'accepted' }, asOne)
    expect([accepted.status, accepted.body]).toEqual([
      200,
      expect.objectContaining({ member_id: ONE, member_type: 'project', status: 'accepted' }),
    ])
    const { body } = await emulator.get(`/v1/${ONE}/cloudimages/${id}/members`, asOne)
    expect(body.members).toEqual([accepted.body])
    const copied = await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' }, asOne)
    expect(copied.status).toBe(200)
    expectRefusal(await emulator.post(`/v1/cloudimages/${id}/copy`, { name: 'copy' }, asTwo), 'IMG.0196')
    expectRefusal(await emulator.post(PATH, { images: [id], projects: [PARTNER] }, asOne), 'IMG.0047')
  })

  test('is withdrawn from the projects of the account that nothing else shares it with', async ({
    emulator,
  }) => {
    await addAccounts(emulator)
    const [id = ''] = await addImages(emulator, {})
    await share(emulator, id, { projects: [ONE], domains: [THIRD] })
    await decide(emulator, id, ONE, 'accepted')
    await decide(emulator, id, TWO, 'accepted', asTwo)
    await end(emulator, id, { domains: [THIRD] })
    expect(await members(emulator, id)).toEqual([[ONE, 'project', 'accepted']])
    expect((await emulator.get(`/v2/images/${id}`, asTwo)).status).toBe(404)
    await share(emulator, id, { domains: [THIRD] })
    expect(await listed(emulator, asTwo, 'pending')).toEqual([id])
    await end(emulator, id, { projects: [ONE] })
    expect(await listed(emulator, asOne, 'accepted')).toEqual([id])
    await end(emulator, id, { domains: [THIRD] })
    expect((await emulator.get(`/v2/images/${id}`)).body.visibility).toBe('private')
  })

  test('has one status in a project, that of the project where it is a member itself', async ({
    emulator,
  }) => {
    await addAccounts(emulator)
    const [id = ''] = await addImages(emulator, {})
    await share(emulator, id, { domains: [THIRD] })
    await decide(emulator, id, ONE, 'accepted')
    await share(emulator, id, { projects: [ONE, TWO] })
    expect(await members(emulator, id)).toEqual([
      [ONE, 'project', 'accepted'],
      [TWO, 'project', 'pending'],
      [THIRD, 'domain', 'accepted'],
    ])
    await decide(emulator, id, ONE, 'rejected')
    expect(await listed(emulator, asOne, 'rejected')).toEqual([id])
    expect(await listed(emulator, asOne, 'accepted')).toEqual([])
  })

  test('is asked for again by a second sharing where it was rejected', async ({ emulator }) => {
    await addAccounts(emulator)
    const [id = ''] = await addImages(emulator, {})
    await share(emulator, id, { domains: [THIRD] })
    await decide(emulator, id, ONE, 'rejected')
    await decide(emulator, id, TWO, 'accepted', asTwo)
    await share(emulator, id, { domains: [THIRD] })
    expect(await listed(emulator, asOne, 'pending')).toEqual([id])
    expect(await listed(emulator, asTwo, 'accepted')).toEqual([id])
  })

  test('cannot be deleted before the sharing has ended', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, {})
    await share(emulator, id, { domains: [PARTNER_DOMAIN] })
    const refused = await emulator.delete(`/v2/images/${id}`)
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('not supported')])
    await end(emulator, id, { domains: [PARTNER_DOMAIN] })
    expect((await emulator.delete(`/v2/images/${id}`)).status).toBe(204)
  })

  test('counts the account as one member against the limits', async ({ emulator }) => {
    await addAccounts(emulator)
    const [id = ''] = await addImages(emulator, {})
    await share(emulator, id, { domains: [THIRD], organizations: [SUPPLIERS] })
    await decide(emulator, id, ONE, 'accepted')
    const { quotas } = (await emulator.get('/v1/cloudimages/quota')).body
    const used = Object.fromEntries(
      quotas.resources.map((quota: { type: string; used: number }) => [quota.type, quota.used]),
    )
    expect(used).toMatchObject({ image_shared: 1, image_member: 2 })
    await emulator.patch('/_ims/quotas', { members_per_image: 2 })
    expectRefusal(await emulator.post(PATH, { images: [id], projects: [PARTNER] }), 'IMG.0088')
    expect((await emulator.post(PATH, { images: [id], domains: [THIRD] })).status).toBe(200)
  })
})

describe('an image that is shared with an organisation', () => {
  test.for([
    ['the organisation', ORGANIZATION, 'o-demo0000000000000000000000000000'],
    ['its root', ROOT, 'r-demo0000000000000000000000000000'],
    ['a unit', SUPPLIERS, 'ou-suppliers00000000000000000000000'],
  ] as const)(
    'reaches every account under %s, and the URN is shown',
    async ([, urn, memberId], { emulator }) => {
      await addAccounts(emulator)
      const [id = ''] = await addImages(emulator, {})
      const job = await share(emulator, id, { organizations: [urn] })
      expect(job.entities).toEqual({ results: [{ image_id: id, status: 'success' }] })
      expect((await emulator.get(`/v2/images/${id}/members`)).body.members).toEqual([
        expect.objectContaining({ member_id: memberId, member_type: 'organization', urn, status: 'pending' }),
      ])
      expect(await listed(emulator, asPartner, 'pending')).toEqual([id])
      expect((await emulator.get(`/v2/images/${id}`, asOne)).status).toBe(404)
      await decide(emulator, id, PARTNER, 'accepted', asPartner)
      expect(await members(emulator, id)).toEqual([[memberId, 'organization', 'accepted']])
    },
  )

  test('reaches accounts in units of a unit', async ({ emulator }) => {
    await addAccounts(emulator)
    const [id = ''] = await addImages(emulator, {})
    await share(emulator, id, { organizations: [`${OF_THIRD}:ou:o-third/ou-outer`] })
    expect(await listed(emulator, asOne, 'pending')).toEqual([id])
    await end(emulator, id, { organizations: [DEEP] })
    expect(await listed(emulator, asOne, 'pending')).toEqual([id])
  })

  test('leaves out the other projects of the owner', async ({ emulator }) => {
    await addAccounts(emulator)
    const [id = ''] = await addImages(emulator, { owner: ONE })
    const body = { images: [id], organizations: [`${OF_THIRD}:organization:o-third`] }
    expectRefusal(await emulator.post(PATH, body, asOne), 'IMG.0076')
    expect((await emulator.get(`/v2/images/${id}`, asTwo)).status).toBe(404)
  })
})

describe('a recipient is refused', () => {
  test.for<[string, Recipients, string]>([
    ['the own account', { domains: [DOMAIN] }, 'IMG.0076'],
    ['an unknown account', { domains: ['f'.repeat(32)] }, 'IMG.0108'],
    ['an account without a project in the region', { domains: [FAR] }, 'IMG.0108'],
    ['an unknown node', { organizations: [`${NODES}:ou:o-demo/ou-none`] }, 'IMG.0108'],
    [
      'a node with the URN of another organisation',
      { organizations: [`${NODES}:ou:o-third/ou-deep`] },
      'IMG.0108',
    ],
    ['a URN with another kind', { organizations: [`${NODES}:unit:o-demo/ou-none`] }, 'IMG.0067'],
    ['a good account beside a bad one', { domains: [PARTNER_DOMAIN, FAR] }, 'IMG.0108'],
  ])('%s', async ([, recipients, code], { emulator }) => {
    await addAccounts(emulator)
    const [id = ''] = await addImages(emulator, {})
    expectRefusal(await emulator.post(PATH, { images: [id], ...recipients }), code)
    await emulator.advance()
    expect(await members(emulator, id)).toEqual([])
  })

  test('an account to which the key of the image is not granted', async ({ emulator }) => {
    await addAccounts(emulator)
    const key = { project_id: emulator.projectId, alias: 'key' }
    await emulator.post('/_ims/fixtures', {
      keys: [
        { ...key, id: 'to-the-account', grants: [THIRD] },
        { ...key, id: 'to-one-project', grants: [ONE] },
      ],
    })
    const [good = '', bad = ''] = await addImages(
      emulator,
      { attributes: { __system__cmkid: 'to-the-account' } },
      { attributes: { __system__cmkid: 'to-one-project' } },
    )
    expectRefusal(await emulator.post(PATH, { images: [bad], domains: [THIRD] }), 'IMG.0098')
    await share(emulator, good, { domains: [THIRD] })
    await decide(emulator, good, ONE, 'accepted')
    const copied = await emulator.post(`/v1/cloudimages/${good}/copy`, { name: 'copy' }, asOne)
    expect(copied.status).toBe(200)
  })
})

describe('organisations in fixtures', () => {
  test('are listed with the URN of each node and its accounts', async ({ emulator }) => {
    await addAccounts(emulator)
    const { body } = await emulator.get('/_ims/tenants')
    expect(body.organizations).toEqual([
      { urn: ORGANIZATION, accounts: [] },
      { urn: ROOT, accounts: [DOMAIN] },
      { urn: SUPPLIERS, name: 'suppliers', accounts: [PARTNER_DOMAIN] },
      { urn: `${OF_THIRD}:organization:o-third`, accounts: [] },
      { urn: `${OF_THIRD}:root:o-third/r-third`, accounts: [] },
      { urn: `${OF_THIRD}:ou:o-third/ou-outer`, name: 'outer', accounts: [] },
      { urn: DEEP, accounts: [THIRD] },
    ])
  })

  test.for<[string, object, number, string]>([
    ['an account twice', { accounts: [PARTNER_DOMAIN] }, 409, 'is at the node ou-suppliers'],
    ['an unknown account', { accounts: ['nobody'] }, 400, 'nobody'],
    ['a unit below an unknown one', { units: [{ id: 'ou-b', parent: 'ou-a' }] }, 400, 'ou-a'],
    ['an id of another kind', { root: 'ou-a' }, 400, 'write r- and up to 32 letters and digits'],
  ])('cannot have %s', async ([, fields, status, text], { emulator }) => {
    await addAccounts(emulator)
    const organization = { id: 'o-new', management_account: FAR, root: 'r-new', ...fields }
    const reply = await emulator.post('/_ims/fixtures', { organizations: [organization] })
    expect([reply.status, reply.body.detail]).toEqual([status, expect.stringContaining(text)])
    expect((await emulator.get('/_ims/tenants')).body.organizations).toHaveLength(7)
  })
})
