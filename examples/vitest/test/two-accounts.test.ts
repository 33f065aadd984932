import { useWorld } from 'ims-emulator/vitest'
import { expect, test } from 'vitest'
import { imageOfServer } from '../src/server-image.ts'

const world = useWorld({ clock: { rate: 0 } })
const order = { name: 'golden', instance_id: '10000000-0000-4000-8000-000000000001' } // one of the servers of every new world

/** Credentials of two users of different accounts; each world has some of its own for every user. */
function accounts() {
  const { demo, partner } = world().users
  if (demo === undefined || partner === undefined) throw new Error('the world has other users')
  return { demo, partner }
}

test('an image that is shared is listed for the other account once it has accepted', async () => {
  const { demo, partner } = accounts()
  const cloud = { url: world().url, projectId: demo.projectId, token: demo.token ?? '' }
  const id = await imageOfServer(cloud, order, (ms) => world().clock.advance(`${ms}ms`))
  const listed = async (status: string) => {
    const query = `visibility=shared&__imagetype=shared&member_status=${status}`
    const reply = await partner.fetch(`/v2/cloudimages?${query}`)
    const { images } = JSON.parse(await reply.text())
    return images.map((image: { id: string }) => image.id)
  }

  const sharing = { images: [id], domains: [partner.domainId] } // all projects of the account; `projects` names single ones
  await demo.fetch('/v1/cloudimages/members', { method: 'POST', ...json(sharing) })
  await world().jobs.finish()
  expect(await listed('pending')).toEqual([id])

  const answer = { images: [id], project_id: partner.projectId, status: 'accepted' }
  await partner.fetch('/v1/cloudimages/members', { method: 'PUT', ...json(answer) })
  await world().jobs.finish()
  expect(await listed('accepted')).toEqual([id])
})

function json(body: unknown) {
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
}
