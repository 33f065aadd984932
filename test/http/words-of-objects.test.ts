import { expect, test } from 'vitest'
import { startTestEmulator, type TestEmulator } from '../emulator.ts'

/** Names that every plain object of JavaScript has, which a client can send in any place; `npm run torture` sends more. */
const WORDS = ['__proto__', 'constructor']

interface Schema {
  type?: string
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  $ref?: string
}

interface Described {
  operationId: string
  parameters?: { name: string; in: string }[]
  requestBody?: { content: Record<string, { schema?: Schema }> }
}

interface Request {
  method: string
  path: string
  body?: unknown
}

/** Makes a body of a schema in which every text and one more key of every map is a word. */
function bodyOf(schema: Schema | undefined, word: string, choice: number, depth = 0): unknown {
  if (schema === undefined || depth > 8) return word
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[choice % schema.enum.length]
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (options !== undefined) return bodyOf(options[choice % options.length], word, choice, depth + 1)
  if (schema.type === 'array') return [bodyOf(schema.items, word, choice, depth + 1)]
  if (schema.type === 'integer' || schema.type === 'number') return 1
  if (schema.type === 'boolean') return true
  if (schema.type !== 'object') return word
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]): [string, unknown] => [
    name,
    bodyOf(field, word, choice, depth + 1),
  ])
  const open = schema.additionalProperties
  const more = bodyOf(typeof open === 'object' ? open : undefined, 'x', choice, depth + 1)
  // Not a literal, in which __proto__ would set the prototype.
  return Object.fromEntries(open === undefined || open === false ? fields : [...fields, [word, more]])
}

/** All requests of one operation with a word in its path, in its query and in its body. */
function requestsOf(method: string, path: string, described: Described, word: string, ids: Ids): Request[] {
  const known = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? word)
  const unknown = path.replace(/\{\w+\}/g, word)
  const declared = (described.parameters ?? []).filter((each) => each.in === 'query')
  const queries = [word, ...declared.map(({ name }) => name)].flatMap((name) => [
    `${name}=1`,
    `${name}=${word}`,
    `${name}=${word}:${word}`,
    `${name}=1&${name}=2`,
  ])
  const requests: Request[] = [
    { method, path: known },
    { method, path: unknown },
    ...queries.map((query) => ({ method, path: `${known}?${query}` })),
  ]
  const contents = Object.values(described.requestBody?.content ?? {})
  if (method === 'GET' || contents.length === 0) return requests
  const made = contents.flatMap(({ schema }) =>
    [0, 1].flatMap((choice) => [
      bodyOf(schema, word, choice),
      bodyOf(schema, `/${word}`, choice),
      withWord(bodyOf(schema, 'x', choice), word),
    ]),
  )
  const patches = ['add', 'replace', 'remove'].flatMap((op) =>
    [`/${word}`, `/${word}/${word}`, `/tags/${word}`].map((at) => [{ op, path: at, value: 'x' }]),
  )
  const bodies = [...made, ...patches, Object.fromEntries([[word, word]]), { [`${word}`]: null }]
  const distinct = new Set(bodies.map((body) => JSON.stringify(body)))
  return [...requests, ...[...distinct].map((body) => ({ method, path: known, body }))]
}

/** Gives every map in a body one more field. */
function withWord(body: unknown, word: string): unknown {
  if (Array.isArray(body)) return body.map((each) => withWord(each, word))
  if (typeof body !== 'object' || body === null) return body
  const fields = Object.entries(body).map(([name, value]) => [name, withWord(value, word)])
  return Object.fromEntries([...fields, [word, { [`${word}`]: 'x' }]])
}

type Ids = Record<string, string>

/** Ids of what is there, by the names of the parameters. */
async function existing(emulator: TestEmulator): Promise<Ids> {
  const listed = await emulator.get('/v2/images?visibility=private')
  const image = listed.body.images?.[0]?.id
  return {
    project_id: emulator.projectId,
    ...(image !== undefined && { image_id: image }),
    world: 'default',
  }
}

const CONTENT_TYPES: Record<string, string> = {
  PATCH: 'application/openstack-images-v2.1-json-patch',
}

test.each(['huawei', 'stock'] as const)(
  'no call of the edition %s is a fault for a word that every object has',
  { timeout: 180_000 },
  async (glance) => {
    const faults: unknown[] = []
    const causes: unknown[] = []
    await using emulator = await startTestEmulator({ glance, log: (_id, error) => causes.push(error) })
    const text = (await emulator.get('/_ims/openapi.json')).text
    const { paths }: { paths: Record<string, Record<string, Described>> } = JSON.parse(text)
    let sent = 0
    let turn = glance === 'huawei' ? 0 : 1
    for (const [path, operations] of Object.entries(paths))
      for (const [method, described] of Object.entries(operations)) {
        if (glance === 'huawei' && (await existing(emulator)).image_id === undefined)
          await emulator.importImage()
        if (glance === 'stock')
          await emulator.post('/v2/images', { name: 'x', disk_format: 'raw', container_format: 'bare' })
        const ids = await existing(emulator)
        // One word for each operation, in turn: both for all of them take twice as long and find the same.
        turn += 1
        for (const word of [WORDS[turn % WORDS.length] ?? ''])
          for (const request of requestsOf(method.toUpperCase(), path, described, word, ids)) {
            const types = [CONTENT_TYPES[request.method] ?? 'application/json', 'application/json']
            for (const type of new Set(types)) {
              const response = await emulator.fetch(request.path, {
                method: request.method,
                headers: { 'X-Auth-Token': 'demo-token', 'Content-Type': type },
                ...(request.body !== undefined && { body: String(request.body) }),
              })
              await response.text()
              sent += 1
              if (response.status >= 500) faults.push([described.operationId, response.status, request])
            }
          }
        await emulator.delete('/_ims/rules')
      }
    expect(faults).toEqual([])
    expect(causes).toEqual([])
    expect(sent).toBeGreaterThan(1000)
  },
)

test.each(WORDS)('%s is an attribute like any other', async (word) => {
  await using emulator = await startTestEmulator()
  const id = await emulator.importImage()
  const headers = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' }
  const change = (op: string, value?: string) =>
    JSON.stringify([{ op, path: `/${word.toLowerCase()}`, value }])
  for (const path of [`/v2/cloudimages/${id}`, `/v2/images/${id}`]) {
    const added = await emulator.request('PATCH', path, { headers, body: change('add', 'first') })
    expect([added.status, added.text.includes(`"${word.toLowerCase()}":"first"`)]).toEqual([200, true])
    const replaced = await emulator.request('PATCH', path, { headers, body: change('replace', 'second') })
    expect([replaced.status, replaced.text.includes(`"${word.toLowerCase()}":"second"`)]).toEqual([200, true])
    const removed = await emulator.request('PATCH', path, { headers, body: change('remove') })
    expect([removed.status, removed.text.includes('second')]).toEqual([200, false])
    const again = await emulator.request('PATCH', path, { headers, body: change('remove') })
    expect(again.status).toBe(path.startsWith('/v2/images') ? 409 : 400)
  }
})
