import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { WorldClient } from '../../../src/index.ts'
import { BACKUP, diskOf, KEY, SERVER, VAULT, VOLUME } from '../../demo-world.ts'
import { diskImageBytes, startTestEmulator, type TestEmulator } from '../../emulator.ts'
import { putBytes } from '../../objects.ts'
import { imageId, PARTNER } from '../../private-image.ts'
import { PROJECT } from '../../tenants.ts'

/**
 * What the examples of the API reference say, page by page: the fields of requests, the status, and the fields of answers with
 * their types. A text in braces stands for a thing of the world that the request is sent to.
 */
const pages = z
  .array(
    z.strictObject({
      page: z.string(),
      call: z.string(),
      status: z.int(),
      requests: z.array(
        z.strictObject({
          query: z.string().optional(),
          body: z.unknown().optional(),
          content_type: z.string().optional(),
        }),
      ),
      /** The fields of every example of an answer, and those of some only. */
      answer: z.record(z.string(), z.string()).optional(),
      sometimes: z.record(z.string(), z.string()).optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../../data/documented-examples.json', import.meta.url), 'utf8')))
type Page = (typeof pages)[number]
type Example = Page['requests'][number]

const THIRD_PROJECT = '0605767c4480d5872f0ec00af5c37a9b'

/** The things that braces stand for. */
const THINGS: Readonly<Record<string, string>> = {
  name: 'example',
  text: 'example',
  image: imageId(1),
  'second image': imageId(2),
  partner: PARTNER,
  'third project': THIRD_PROJECT,
  project: PROJECT,
  server: SERVER.web,
  'data disk': diskOf(1, 2),
  volume: VOLUME.free,
  vault: VAULT.servers,
  backup: BACKUP.cbr,
  key: KEY.demo,
  agency: 'ims_admin_agency',
  region: 'cn-east-3',
  target: 'images:target.qcow2',
  'qcow2 file': 'images:tiny.qcow2',
  'vmdk file': 'images:tiny.vmdk',
  'iso file': 'images:tiny.iso',
  'zvhd2 file': 'images:tiny.zvhd2',
}

const sharedWith = (...ids: string[]) => ids.map((project_id) => ({ project_id, status: 'pending' }))
const TAGS = ['key0=valueXX', 'key1=value1', 'key2=value2', 'key3=valueXX']

/** The images of a request, where the usual one does not fit it: a private image with tags that is shared with nobody. */
const IMAGES: Readonly<Record<string, Record<string, unknown>>> = {
  'PUT /v1/cloudimages/{image_id}/upload': { status: 'queued', disk_format: 'vmdk' },
  'PUT /v2/images/{image_id}/file': { status: 'queued', disk_format: 'raw' },
  'GET /v1.1/images/detail': { disk_format: 'qcow2' },
  'PUT /v1/cloudimages/members': { owner: PARTNER, members: sharedWith(PROJECT) },
  'DELETE /v1/cloudimages/members': { members: sharedWith(PARTNER, THIRD_PROJECT) },
  'PUT /v2/images/{image_id}/members/{member_id}': { owner: PARTNER, members: sharedWith(PROJECT) },
  'GET /v2/images/{image_id}/members': { members: sharedWith(PARTNER) },
  'GET /v2/images/{image_id}/members/{member_id}': { members: sharedWith(PARTNER) },
  'DELETE /v2/images/{image_id}/members/{member_id}': { members: sharedWith(PARTNER) },
}

/** Where the emulator answers otherwise than a page, with the reason. */
const CONTRADICTIONS: readonly { pages: RegExp; difference: RegExp; reason: string }[] = [
  {
    pages: /\/v2\/images\/\{image_id\}\/members/,
    difference: /member_type is in no example/,
    reason: 'the newest reference and the SDK show the type of a member, the examples are older',
  },
  {
    pages: /^en-us_topic_0102682861 /,
    difference: /^resources/,
    reason: 'the page shows the answer of a count, which has no images, for a filter too',
  },
  {
    pages: /DELETE \/v1\.1\/images/,
    difference: /^status 200, not 204/,
    reason: 'the first version of the image API answers 200, as a recorded Glance does',
  },
  {
    pages: /^ims_03_072[67] /,
    difference: /^status 300, not 200/,
    reason: 'the newer page of the same call says 300',
  },
  {
    pages: /^ims_03_0603 /,
    difference: /is_config_init is not read/,
    reason: 'no table of fields has it; the field that the tables describe is is_config',
  },
  {
    pages: /^ims_03_0905 /,
    difference: /^entities\.(?:image_id|image_name|process_percent|current_task) is missing/,
    reason:
      'the page shows the fields of all kinds of jobs in one example; the newer page has one for each kind',
  },
  {
    pages: /^ims_03_0911 /,
    difference: /^entities\.subJobId is missing/,
    reason: 'newer documents show it for jobs with parts alone',
  },
  {
    pages: /^ims_03_0610 /,
    difference: /^\[\].* is missing/,
    reason: 'the example asks for the tag kvm, which no table of values has, and for uefi at once',
  },
  {
    pages: /^ims_03_0605 /,
    difference: /^status 400, not 200: .*IMG\.0158/,
    reason: 'the page itself allows raw and zvhd2 alone, and two of its examples import a qcow2 file',
  },
]

function filled(value: unknown): unknown {
  const text = JSON.stringify(value).replace(
    /\{([a-z][a-z0-9 ]*)\}/g,
    (_, thing: string) => THINGS[thing] ?? '',
  )
  return JSON.parse(text)
}

let emulator: TestEmulator

beforeAll(async () => {
  emulator = await startTestEmulator()
  for (const name of ['tiny.vmdk', 'tiny.iso']) putBytes(emulator, 'images', name, diskImageBytes(name))
  putBytes(emulator, 'images', 'tiny.zvhd2', 'zvhd2')
})
afterAll(() => emulator.close())

/** A world with the things of the examples. */
async function prepare(call: string): Promise<WorldClient> {
  const world = await emulator.world()
  const image = {
    imagetype: 'private' as const,
    owner: PROJECT,
    name: 'example',
    min_disk: 1,
    tags: TAGS,
    ...IMAGES[call],
  }
  await world.addFixtures({
    projects: [
      {
        id: THIRD_PROJECT,
        name: 'cn-north-4',
        region: 'cn-north-4',
        domain_id: 'third',
        domain_name: 'third',
      },
    ],
    images: [1, 2].map((n) => ({ ...image, id: imageId(n) })),
  })
  return world
}

/** The id of a job that has ended: a copy, or a sharing for a page whose job has a result for each image. */
async function endedJob(world: WorldClient, { answer: fields = {} }: Page): Promise<string> {
  const [path, body] =
    'entities.results[]' in fields
      ? ['/v1/cloudimages/members', { images: [imageId(1)], projects: [PARTNER] }]
      : [`/v1/cloudimages/${imageId(1)}/copy`, { name: 'copy' }]
  const headers = { 'Content-Type': 'application/json' }
  const answer = await world.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  await world.jobs.finish()
  return z.object({ job_id: z.string() }).parse(await answer.json()).job_id
}

async function pathOf(world: WorldClient, page: Page, { query }: Example): Promise<string> {
  const { call } = page
  const path = call.slice(call.indexOf(' ') + 1)
  const isDecision = call.startsWith('PUT') && path.includes('{member_id}')
  const values: Record<string, string> = {
    project_id: PROJECT,
    image_id: imageId(1),
    member_id: isDecision ? PROJECT : PARTNER,
    job_id: path.includes('{job_id}') ? await endedJob(world, page) : '',
    key: 'key1',
    tag: 'key1',
    version: 'v2',
  }
  const named = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  return query === undefined ? named : `${named}?${query}`
}

/** The fields below a value by their path, with the types that they have: `images[].id` is a string. */
function typesOf(
  value: unknown,
  path = '',
  found = new Map<string, Set<string>>(),
): Map<string, Set<string>> {
  const add = (place: string, inner: unknown) => {
    found.set(place, (found.get(place) ?? new Set()).add(typeOf(inner)))
    typesOf(inner, place, found)
  }
  if (Array.isArray(value)) for (const item of value) add(`${path}[]`, item)
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) add(path === '' ? name : `${path}.${name}`, inner)
  return found
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}

/** Attributes differ from image to image. Only their types are compared. */
const ATTRIBUTE =
  /(?:^|\.)(?:__\w+|virtual_env_type|enterprise_project_id|max_ram|hw_\w+|active_at|checksum|size|virtual_size|description|next)$/

function differencesOf({ answer, sometimes }: Page, found: Map<string, Set<string>>): string[] {
  const documented = { ...sometimes, ...answer }
  const missing = Object.keys(answer ?? {}).filter((path) => !found.has(path) && !ATTRIBUTE.test(path))
  // The example of an empty list says nothing of its items.
  const emptyLists = Object.keys(documented).filter(
    (path) => documented[path] === 'list' && !(`${path}[]` in documented),
  )
  const further = [...found.keys()].filter(
    (path) =>
      !(path in documented) &&
      !ATTRIBUTE.test(path) &&
      !emptyLists.some((list) => path.startsWith(`${list}[]`)),
  )
  const typed = [...found].flatMap(([path, types]) => {
    const meant = documented[path]?.split(' or ')
    const other =
      meant === undefined ? [] : [...types].filter((type) => type !== 'null' && !meant.includes(type))
    return other.length === 0 || meant?.every((type) => type === 'null')
      ? []
      : [`${path} is a ${other.join(' and a ')}, not a ${documented[path]}`]
  })
  return [
    ...missing.map((path) => `${path} is missing`),
    ...further.map((path) => `${path} is in no example`),
    ...typed,
  ]
}

describe('the examples of the API reference', () => {
  test.for(
    pages.flatMap((page) =>
      page.requests.map((example, n): [string, Page, Example] => [
        `${page.call}, example ${n + 1} of ${page.page}`,
        page,
        example,
      ]),
    ),
  )('%s', async ([, page, example]) => {
    const { call, status } = page
    await using world = await prepare(call)
    const method = call.slice(0, call.indexOf(' '))
    const path = await pathOf(world, page, example)
    await world.journal.clear()
    const isUpload = call === 'PUT /v2/images/{image_id}/file'
    const type = isUpload ? 'application/octet-stream' : (example.content_type ?? 'application/json')
    const body = isUpload
      ? 'bytes'
      : example.body === undefined
        ? undefined
        : JSON.stringify(filled(example.body))
    const response = await world.fetch(path, {
      method,
      headers: { 'Content-Type': type },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    const [entry] = await world.journal.requests()
    const found = typesOf(text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined)
    const differences = [
      ...(response.status === status
        ? []
        : [`status ${response.status}, not ${status}: ${text.slice(0, 200)}`]),
      ...(entry?.unread ?? []).map((field) => `${field} is not read`),
      ...(response.status < 400 ? differencesOf(page, found) : []),
    ]
    const known = CONTRADICTIONS.filter(({ pages: some }) => some.test(`${page.page} ${call}`))
    expect(differences.filter((line) => !known.some(({ difference }) => difference.test(line)))).toEqual([])
  })
})
