import { describe } from 'vitest'
import { EAST, ENTERPRISE_PROJECT, imageWith, PUBLIC_IMAGE } from '../../demo-world.ts'
import { expect, type TestEmulator, test } from '../../emulator.ts'
import { addImages, asPartner, imageId, NO_IMAGE, PARTNER } from '../../private-image.ts'
import { asNewcomer, DOMAIN, NEWCOMER, PROJECT, policyOn, strictTest } from '../../tenants.ts'
import { expectDenied, expectEpsRefusal } from './refusal.ts'

const PATH = '/v1.0/enterprise-projects'
const { production } = ENTERPRISE_PROJECT
const inProduction = { attributes: { enterprise_project_id: production } }

function filter(emulator: TestEmulator, id: string, body: object, sent?: object) {
  const all = { projects: [PROJECT], resource_types: ['images'], offset: 0, limit: 1000, ...body }
  return emulator.post(`${PATH}/${id}/resources/filter`, all, sent)
}

/** The ids of the images in an enterprise project. */
async function imagesIn(emulator: TestEmulator, id: string, body: object = {}, sent?: object) {
  const reply = await filter(emulator, id, body, sent)
  expect(reply.status).toBe(200)
  return reply.body.resources.map((resource: { resource_id: string }) => resource.resource_id)
}

function migrate(emulator: TestEmulator, target: string, body: object, sent?: object) {
  const all = { resource_type: 'images', project_id: PROJECT, region_id: 'cn-north-4', ...body }
  return emulator.post(`${PATH}/${target}/resources-migrate`, all, sent)
}

function resource(n: number, fields: object = {}) {
  return {
    resource_id: imageId(n),
    resource_name: `image-${n}`,
    resource_type: 'images',
    resource_detail: null,
    project_id: PROJECT,
    project_name: 'cn-north-4',
    enterprise_project_id: production,
    ...fields,
  }
}

describe('list of the images in an enterprise project', () => {
  test('contains its images without deleted images and images of other accounts', async ({ emulator }) => {
    await addImages(emulator, inProduction, {}, inProduction, { ...inProduction, owner: PARTNER })
    await emulator.delete(`/v2/images/${imageId(3)}`)
    const { status, body } = await filter(emulator, production, {})
    expect({ status, body }).toEqual({
      status: 200,
      body: { resources: [resource(1)], errors: [], total_count: 1 },
    })
  })

  test('of the default one contains the images that are in no other', async ({ emulator }) => {
    await addImages(emulator, {}, { attributes: { enterprise_project_id: '0' } }, inProduction)
    expect(await imagesIn(emulator, '0')).toEqual([imageId(1), imageId(2)])
  })

  test('has pages up to an empty one, as Terraform reads them', async ({ emulator }) => {
    await addImages(emulator, inProduction, inProduction, inProduction)
    const pages = []
    for (const offset of [0, 2, 3]) {
      const { body } = await filter(emulator, production, { offset, limit: 2 })
      pages.push(body)
    }
    expect(pages).toEqual([
      { resources: [resource(1), resource(2)], errors: [], total_count: 3 },
      { resources: [resource(3)], errors: [], total_count: 3 },
      { resources: [], errors: [], total_count: 3 },
    ])
  })

  test('is filtered by parts of the name, in any letter case, without wildcards', async ({ emulator }) => {
    await addImages(emulator, { ...inProduction, name: 'Web_1' }, { ...inProduction, name: 'WebX2' })
    const named = (...values: string[]) => ({
      matches: values.map((value) => ({ key: 'resource_name', value })),
    })
    expect(await imagesIn(emulator, production, named('web'))).toEqual([imageId(1), imageId(2)])
    expect(await imagesIn(emulator, production, named('web_'))).toEqual([imageId(1)])
    expect(await imagesIn(emulator, production, named('web', '2'))).toEqual([imageId(2)])
  })

  test('contains images of several projects, each with its project', async ({ emulator }) => {
    await addImages(emulator, inProduction, { ...inProduction, owner: EAST.project })
    const { body } = await filter(emulator, production, { projects: [PROJECT, EAST.project] })
    const east = { project_id: EAST.project, project_name: 'cn-east-3' }
    expect(body).toEqual({ resources: [resource(1), resource(2, east)], errors: [], total_count: 2 })
  })

  test.for<[string, string, object, string]>([
    ['of another account', ENTERPRISE_PROJECT.partner, {}, 'EPS.0005'],
    ['that does not exist', ENTERPRISE_PROJECT.none, {}, 'EPS.0005'],
    ['without projects', production, { projects: [] }, 'EPS.0020'],
    ['with projects left out', production, { projects: null }, 'EPS.0020'],
    ['with a project twice', production, { projects: [PROJECT, PROJECT] }, 'EPS.0021'],
    ['with a project of another account', production, { projects: [PARTNER] }, 'EPS.0026'],
    ['without types', production, { resource_types: [] }, 'EPS.0023'],
    ['with a type twice', production, { resource_types: ['images', 'images'] }, 'EPS.0024'],
    ['with an unsupported type', production, { resource_types: ['disk'] }, 'EPS.0025'],
    ['with a limit above 1000', production, { limit: 1001 }, 'EPS.0017'],
    ['with a negative offset', production, { offset: -1 }, 'EPS.0018'],
    ['matched by another key', production, { matches: [{ key: 'id', value: 'x' }] }, 'EPS.0002'],
  ])('%s is refused', async ([, id, body, code], { emulator }) => {
    expectEpsRefusal(await filter(emulator, id, body), code)
  })
})

describe('moving an image', () => {
  test('shows it at once in its new enterprise project, and in no other', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, { attributes: { __description: 'kept' } })
    const before = await imageWith(emulator, id)
    await emulator.advance('1m')
    const reply = await migrate(emulator, production, { resource_id: id })
    expect({ status: reply.status, text: reply.text }).toEqual({ status: 204, text: '' })
    expect(await imageWith(emulator, id)).toEqual({
      ...before,
      enterprise_project_id: production,
      updated_at: expect.not.stringMatching(before.updated_at),
    })
    expect(await imagesIn(emulator, production)).toEqual([id])
    expect(await imagesIn(emulator, '0')).toEqual([])
  })

  test('back to the default one works', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, inProduction)
    expect((await migrate(emulator, '0', { resource_id: id, associated: false })).status).toBe(204)
    expect(await imageWith(emulator, id)).toMatchObject({ enterprise_project_id: '0' })
    expect(await imagesIn(emulator, '0')).toEqual([id])
  })

  test.for<[string, string, object, string]>([
    ['to an enterprise project of another account', ENTERPRISE_PROJECT.partner, {}, 'EPS.0005'],
    ['to one that does not exist', ENTERPRISE_PROJECT.none, {}, 'EPS.0005'],
    ['to a disabled one', ENTERPRISE_PROJECT.retired, {}, 'EPS.0014'],
    ['of another type', production, { resource_type: 'disk' }, 'EPS.0025'],
    ['without a project', production, { project_id: null }, 'EPS.0022'],
    ['of a project of another account', production, { project_id: PARTNER }, 'EPS.0022'],
    ['of another project of the account', production, { project_id: EAST.project }, 'EPS.0005'],
    ['without its id', production, { resource_id: null }, 'EPS.0002'],
    ['that is public', production, { resource_id: PUBLIC_IMAGE.ubuntu }, 'EPS.0005'],
    ['that there is not', production, { resource_id: NO_IMAGE }, 'EPS.0005'],
  ])('%s is refused and moves nothing', async ([, target, body, code], { emulator }) => {
    const [id = ''] = await addImages(emulator, {})
    expectEpsRefusal(await migrate(emulator, target, { resource_id: id, ...body }), code)
    expect(await imagesIn(emulator, '0')).toEqual([id])
  })

  test('of another account is refused with any project', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, { owner: PARTNER })
    expectEpsRefusal(await migrate(emulator, production, { resource_id: id }), 'EPS.0005')
    const partners = await imagesIn(emulator, '0', { projects: [PARTNER] }, asPartner)
    expect(partners).toEqual([id])
  })

  test('works for an unknown credential with any project, as the demo user', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, {})
    const stranger = { token: 'pasted-from-somewhere' }
    const reply = await migrate(emulator, production, { resource_id: id, project_id: 'mine' }, stranger)
    expect(reply.status).toBe(204)
    expect(await imagesIn(emulator, production, { projects: ['mine'] }, stranger)).toEqual([id])
  })
})

describe('in a strict world', () => {
  async function allow(emulator: TestEmulator, ...actions: string[]) {
    await emulator.put(`/_ims/policies/${DOMAIN}/some`, policyOn('Allow', ...actions))
    await emulator.patch(`/_ims/users/${NEWCOMER}`, { roles: ['some'] })
  }

  strictTest('listing needs eps:resources:list', async ({ emulator }) => {
    expectDenied(await filter(emulator, production, {}, asNewcomer), 'EPS.0004', 'eps:resources:list')
    await allow(emulator, 'eps:resources:list')
    expect((await filter(emulator, production, {}, asNewcomer)).status).toBe(200)
  })

  strictTest('moving needs eps:resources:add and eps:resources:remove', async ({ emulator }) => {
    const [id = ''] = await addImages(emulator, {})
    const move = () => migrate(emulator, production, { resource_id: id }, asNewcomer)
    expectDenied(await move(), 'EPS.0004', 'eps:resources:add')
    await allow(emulator, 'eps:resources:add')
    expectDenied(await move(), 'EPS.0004', 'eps:resources:remove')
    expect(await imagesIn(emulator, '0')).toEqual([id])
    await allow(emulator, 'eps:resources:add', 'eps:resources:remove')
    expect((await move()).status).toBe(204)
    expect(await imagesIn(emulator, production)).toEqual([id])
  })
})
