import { useWorld } from 'ims-emulator/vitest'
import { beforeEach, expect, test } from 'vitest'
import { imageOfServer } from '../src/server-image.ts'

const world = useWorld({ clock: { rate: 0 } }) // an isolated cloud for this file; its clock stands still until it is advanced
const order = { name: 'golden', instance_id: '10000000-0000-4000-8000-000000000001' } // one of the servers of every new world

const goOn = (ms: number) => world().clock.advance(`${ms}ms`)

function cloud() {
  const { url, projectId, credentials } = world()
  return { url, projectId, token: credentials.token ?? '' }
}

beforeEach(() => world().reset())

test('the image is active when its job is done, without real waiting', async () => {
  const id = await imageOfServer(cloud(), order, goOn)

  const image = await (await world().fetch(`/v2/images/${id}`)).json()
  expect(image).toMatchObject({ name: 'golden', status: 'active' })
})

test('a job that fails at 60 % is reported with the error code of the cloud', async () => {
  await world().rules.add({
    name: 'bad luck',
    when: { operation: 'CreateImage' },
    then: { job: { fail_at: '60%', error: 'IMG.0057' } },
  })

  await expect(imageOfServer(cloud(), order, goOn)).rejects.toMatchObject({ code: 'IMG.0057' })

  await world().journal.expect({ operation: 'CreateImage', rule: 'bad luck' }).exactly(1)
})

test('a refused request is not repeated', async () => {
  await world().rules.add({ name: 'full', when: {}, then: { quota: { private_images: 0 } } })

  await expect(imageOfServer(cloud(), order, goOn)).rejects.toThrow('IMG.0015')

  await world().journal.expect({ operation: 'CreateImage' }).exactly(1)
  await world().journal.expect({ operation: 'ShowJob' }).never()
})
