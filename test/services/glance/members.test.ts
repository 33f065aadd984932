import { describe } from 'vitest'
import { expect, type TestEmulator, test } from '../../emulator.ts'

const PARTNER = '0605767b4480d5872f0ec00af5c37a9b'
const TIME = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
const json = { Accept: 'application/json' }
const partner = { token: 'partner-token', headers: json }

function member(image_id: string, status: string) {
  return {
    status,
    created_at: TIME,
    updated_at: TIME,
    image_id,
    member_id: PARTNER,
    member_type: 'project',
    schema: '/v2/schemas/member',
  }
}

async function shared(emulator: TestEmulator): Promise<string> {
  const id = await emulator.importImage()
  expect((await emulator.post(`/v2/images/${id}/members`, { member: PARTNER })).status).toBe(200)
  return id
}

describe('the members of an image', () => {
  test('are created as pending, listed, shown, updated and deleted', async ({ emulator }) => {
    const id = await emulator.importImage()
    const path = `/v2/images/${id}/members`
    const added = await emulator.post(path, { member: PARTNER })
    expect([added.status, added.body]).toEqual([200, member(id, 'pending')])
    expect((await emulator.get(path)).body).toEqual({
      members: [member(id, 'pending')],
      schema: '/v2/schemas/members',
    })
    expect((await emulator.get(`${path}/${PARTNER}`)).body).toEqual(member(id, 'pending'))
    const decided = await emulator.put(`${path}/${PARTNER}`, { status: 'accepted' }, partner)
    expect([decided.status, decided.body]).toEqual([200, member(id, 'accepted')])
    expect((await emulator.get(`/v2/images/${id}`, partner)).body.visibility).toBe('shared')
    const removed = await emulator.delete(`${path}/${PARTNER}`)
    expect([removed.status, removed.text]).toEqual([204, ''])
    expect((await emulator.get(path)).body.members).toEqual([])
    expect((await emulator.get(`/v2/images/${id}`, partner)).status).toBe(404)
  })

  test('are listed in pages when the query asks for pages', async ({ emulator }) => {
    const id = await shared(emulator)
    expect((await emulator.get(`/v2/images/${id}/members?limit=5`)).body).toEqual({
      members: [member(id, 'pending')],
      schema: '/v2/schemas/members',
      page_info: { current_count: 1 },
    })
  })

  test.for([
    [{}, 400, 'Member to be added not specified'],
    [{ member: '' }, 400, "Member can't be empty"],
    [[], 400, 'Expected a member in the form: {"member": "image_id"}'],
    [{ member: 'nobody' }, 404, 'No such project'],
  ] as const)('refuses to add %j with %i', async ([body, status], { emulator }) => {
    const id = await emulator.importImage()
    const reply = await emulator.post(`/v2/images/${id}/members`, body, { headers: json })
    expect([reply.status, reply.body.code.slice(0, 3)]).toEqual([status, String(status)])
    expect((await emulator.get(`/v2/images/${id}`)).body.visibility).toBe('private')
  })

  test('are hidden from projects with which the image is not shared', async ({ emulator }) => {
    const id = await emulator.importImage()
    const reply = await emulator.post(`/v2/images/${id}/members`, { member: PARTNER }, partner)
    expect(reply.status).toBe(404)
  })

  test('can change only their own status, and only to accepted or rejected', async ({ emulator }) => {
    const path = `/v2/images/${await shared(emulator)}/members/${PARTNER}`
    const decide = (status: unknown, sent = {}) => emulator.put(path, { status }, { headers: json, ...sent })
    expect((await decide('pending', partner)).status).toBe(400)
    expect((await emulator.get(path)).body.status).toBe('pending')
  })

  test('cannot be accepted by the owner of the image, who is refused with 403 as by a stock Glance', async ({
    emulator,
  }) => {
    const id = await shared(emulator)
    for (const member of [PARTNER, emulator.projectId, 'nobody']) {
      const path = `/v2/images/${id}/members/${member}`
      const reply = await emulator.put(path, { status: 'accepted' }, { headers: json })
      expect([reply.status, reply.body.message]).toEqual([
        403,
        `Not allowed to update members for image ${id}.<br /><br />\n\n\n`,
      ])
    }
    expect((await emulator.get(`/v2/images/${id}/members/${PARTNER}`)).body.status).toBe('pending')
  })

  test('cannot decide for another project', async ({ emulator }) => {
    const path = `/v2/images/${await shared(emulator)}/members/${emulator.projectId}`
    expect((await emulator.put(path, { status: 'accepted' }, partner)).status).toBe(404)
  })

  test('of another image are not found', async ({ emulator }) => {
    const path = `/v2/images/${await emulator.importImage()}/members/${PARTNER}`
    expect((await emulator.get(path)).status).toBe(404)
    const reply = await emulator.delete(path, undefined, { headers: json })
    expect([reply.status, reply.body.title]).toEqual([404, 'Not Found'])
  })
})
