import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Operation } from '../../../src/contract/operation.ts'
import { services } from '../../../src/services/index.ts'
import { type Reply, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { putBytes } from '../../objects.ts'
import { neededRights, prepare, samplesOf } from './sample-requests.ts'

const DOMAIN = '0605767a7780d5e50fe5c00a6d1b1c2a'

/** The action that each call needs by the cloud's documents. */
const permissions = z
  .array(
    z.object({
      action: z.string().nullable(),
      /** False for an action that one region's documents name and that the cloud does not require. */
      enforce: z.boolean().default(true),
      operations: z.array(
        z.object({
          method: z.string(),
          path: z.string(),
          enterpriseProject: z.boolean(),
          when: z.string().optional(),
        }),
      ),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../../data/permissions.json', import.meta.url), 'utf8')))
  .filter(({ enforce }) => enforce)

const operations = services.huawei.flatMap((service) =>
  service.operations.map((operation) => ({
    ...operation,
    authenticated: operation.authenticated ?? service.callers.authenticated,
    service: service.id,
  })),
)
const cloudOperations = operations.filter(({ service }) => service === 'ims' || service === 'glance')
/** The services whose operations have sample requests. The others have their rights beside their own tests. */
const SAMPLED: ReadonlySet<string> = new Set(['ims', 'glance', 'eps', 'iam', 'cts'])
const withRights = operations.filter(
  ({ service, actions, conditionalActions }) =>
    SAMPLED.has(service) && actions.length + conditionalActions.length > 0,
)

describe('declared actions', () => {
  const documented = permissions.flatMap(({ action, operations }) =>
    operations.map((operation) => ({ action, ...operation })),
  )
  const found = ({ method, path }: { method: string; path: string }) =>
    cloudOperations.find((operation) => operation.method === method && operation.path === path)

  test.each(documented)('$method $path needs $action', ({ action, when, ...call }) => {
    const operation = found(call)
    expect(operation).toBeDefined()
    const declared =
      when === undefined ? operation?.actions : operation?.conditionalActions.map((it) => it.action)
    if (action === null) expect(operation?.actions).toEqual([])
    else expect(declared).toContain(action)
  })

  test.each(cloudOperations)(
    '$id needs no action that no document names',
    ({ method, path, ...declared }) => {
      const known = documented.filter((call) => call.method === method && call.path === path)
      if (known.length === 0) return
      const needed = [
        ...declared.actions,
        ...declared.conditionalActions
          .map(({ action }) => action)
          .filter((action) => action.startsWith('ims:')),
      ]
      expect(new Set(known.flatMap(({ action }) => action ?? []))).toEqual(new Set(needed))
      if (needed.length > 0)
        expect(declared.byEnterpriseProject).toBe(known.some((call) => call.enterpriseProject))
    },
  )
})

describe('rights', () => {
  let emulator: TestEmulator
  let users = 0

  beforeAll(async () => {
    emulator = await startTestEmulator({ auth: { mode: 'strict' }, pace: 'instant' })
    await emulator.request('PATCH', '/_ims/quotas', { json: { private_images: 1000 } })
    putBytes(emulator, 'images', 'disk.zvhd2', 'zvhd2')
  })
  afterAll(() => emulator.close())

  /** Adds a user with one policy and returns its token. */
  async function userWith(statements: object[]): Promise<string> {
    const name = `user-${++users}`
    const document = { Version: '1.1', Statement: statements }
    await emulator.post('/_ims/fixtures', {
      policies: [{ name, domain_id: DOMAIN, document }],
      users: [{ id: name, name, project_id: emulator.projectId, roles: [name], token: `${name}-token` }],
    })
    return `${name}-token`
  }

  async function call(operation: Operation, sample: number, statements: object[]): Promise<Reply> {
    const token = await userWith(statements)
    const request = samplesOf(operation.id)[sample]
    if (request === undefined) throw new Error(`${operation.id} has no sample request`)
    const { path, sent } = await prepare(emulator, operation.path, request)
    return await emulator.request(operation.method, path, { ...sent, token })
  }

  /** The rights that each sample of an operation needs. */
  const cases = withRights.flatMap((operation) =>
    samplesOf(operation.id).map((request, sample) => ({
      id: operation.id,
      operation,
      sample,
      needed: [...operation.actions, ...neededRights(request)],
    })),
  )

  test('every right that only some requests need is needed by a sample request', () => {
    const rights = ({ actions, conditionalActions }: Operation) =>
      conditionalActions
        .map(({ action }) => action)
        // test/services/ims/safe-mode.test.ts has the rights to keys: no sample is about an encrypted image.
        .filter((action) => !action.startsWith('kms:') && !actions.includes(action))
    const unneeded = withRights.flatMap((operation) => {
      const needed = new Set(samplesOf(operation.id).flatMap(neededRights))
      return rights(operation)
        .filter((action) => !needed.has(action))
        .map((action) => `${operation.id} ${action}`)
    })
    expect(unneeded).toEqual([])
  })

  test('every operation that needs a right has a sample request', () => {
    expect(withRights.filter(({ id }) => samplesOf(id).length === 0).map(({ id }) => id)).toEqual([])
  })

  test.each(cases)('$id succeeds with $needed and no other right', async ({ operation, sample, needed }) => {
    const reply = await call(operation, sample, [{ Effect: 'Allow', Action: needed }])
    expect({ status: reply.status, body: reply.status < 300 ? undefined : reply.body }).toEqual({
      status: expect.toSatisfy((status) => status < 300),
      body: undefined,
    })
  })

  const denials = cases.flatMap((each) => each.needed.map((action) => ({ ...each, action })))

  test.each(denials)(
    '$id is refused without $action, and the refusal names it',
    async ({ operation, sample, action }) => {
      const others = [
        { Effect: 'Allow', Action: ['*:*:*'] },
        { Effect: 'Deny', Action: [action] },
      ]
      const reply = await call(operation, sample, others)
      if (action.startsWith('obs:')) {
        // The right to a file is the object service's to decide: the bucket cannot be accessed.
        expect({ status: reply.status, ...reply.body.error }).toEqual({
          status: 400,
          code: 'IMG.0069',
          message: expect.stringContaining(`Policy doesn't allow ${action} to be performed.`),
        })
        return
      }
      expect(reply.status).toBe(403)
      if (operation.method !== 'HEAD')
        expect(reply.text).toContain(`Policy doesn${operation.service === 'ims' ? "'" : ''}`)
      if (operation.service === 'ims')
        expect(reply.body).toEqual({
          error: {
            code: 'IMG.0026',
            message: `The role is invalid. You need to apply for the required permissions or pass the real-name authentication. Policy doesn't allow ${action} to be performed.`,
          },
        })
      else if (operation.method !== 'HEAD') expect(reply.text).toContain(`allow ${action} to be performed.`)
    },
  )

  test.each(cases)('$id is refused to a user without rights', async ({ operation, sample }) => {
    const reply = await call(operation, sample, [{ Effect: 'Allow', Action: ['ecs:*:*'] }])
    expect(reply.status).toBe(403)
  })

  const open = cloudOperations.filter((operation) => !withRights.includes(operation))

  test.each(open)('$id needs no right', async ({ method, path, authenticated }) => {
    const token = await userWith([{ Effect: 'Allow', Action: ['ecs:*:*'] }])
    const filled = path.replace('{project_id}', emulator.projectId).replace('{version}', 'v2')
    expect((await emulator.request(method, filled, { token })).status).not.toBe(403)
    const bare = await emulator.request(method, filled, { token: null })
    expect(bare.status === 401).toBe(authenticated)
  })
})
