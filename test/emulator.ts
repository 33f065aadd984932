import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { test as base, expect } from 'vitest'
import { type StartedEmulator, type StartOptions, startEmulator } from '../src/index.ts'
import { openAuthority } from '../src/worlds/authority.ts'
import { readCloudDomains } from '../src/worlds/cloud-domains.ts'

/** Path of a disk image that is committed under fixtures/disk-images. */
export function diskImage(name: string): string {
  return fileURLToPath(new URL(`../fixtures/disk-images/${name}`, import.meta.url))
}

/** Bytes of a committed disk image; compressed ones are unpacked. */
export function diskImageBytes(name: string): Buffer {
  const bytes = readFileSync(diskImage(name))
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

/** A temporary folder that is deleted on disposal. */
export interface Scratch extends Disposable {
  path: string
}

/** @param parent where it is made; the folder for temporary files by default. */
export function scratchFolder(parent = tmpdir()): Scratch {
  const path = mkdtempSync(join(parent, 'ims-emulator-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** An answer with its body as text and as JSON. */
export interface Reply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a body is compared as a whole, its type is what the test is about
  body: any
  text: string
}

export type Sent = {
  headers?: Record<string, string>
  json?: unknown
  body?: NonNullable<RequestInit['body']>
  token?: string | null
}

/** An emulator that a test calls over HTTP. Its clock stands still until the test advances it. */
export interface TestEmulator extends StartedEmulator {
  /** The folder of `--buckets`. Its bucket `images` has a disk image. */
  bucketFolder: string
  request(method: string, path: string, sent?: Sent): Promise<Reply>
  get(path: string, sent?: Sent): Promise<Reply>
  post(path: string, json?: unknown, sent?: Sent): Promise<Reply>
  put(path: string, json?: unknown, sent?: Sent): Promise<Reply>
  patch(path: string, json?: unknown, sent?: Sent): Promise<Reply>
  delete(path: string, json?: unknown, sent?: Sent): Promise<Reply>
  /** Advances the clock by a duration; by default until no step is planned. */
  advance(by?: string): Promise<Reply>
  /** A job as ShowJob answers it. */
  job(id: string): Promise<Reply>
  /** A job as ShowJobProgress answers it. */
  progress(id: string): Promise<Reply>
  /** Imports a file, lets the job end and returns the id of the image. */
  importImage(fields?: Record<string, unknown>): Promise<string>
}

/** Starts an emulator on a free port with a frozen clock and validated answers. `options` override these settings. */
export async function startTestEmulator(options: StartOptions = {}): Promise<TestEmulator> {
  const scratch = scratchFolder()
  const buckets = options.buckets ?? join(scratch.path, 'buckets')
  mkdirSync(join(buckets, 'images'), { recursive: true })
  copyFileSync(diskImage('tiny-v3.qcow2'), join(buckets, 'images', 'tiny.qcow2'))
  const errors: unknown[] = []
  const started = await startEmulator({
    clock: { rate: 0 },
    validateResponses: true,
    log: (_id, error) => errors.push(error),
    ...options,
    buckets,
  })

  async function request(method: string, path: string, sent: Sent = {}): Promise<Reply> {
    const token = sent.token === undefined ? 'demo-token' : sent.token
    const headers = new Headers({ ...(token !== null && { 'X-Auth-Token': token }), ...sent.headers })
    const body = sent.json === undefined ? sent.body : JSON.stringify(sent.json)
    if (sent.json !== undefined && !headers.has('content-type'))
      headers.set('Content-Type', 'application/json')
    const response = await fetch(started.url + path, { method, headers, ...(body !== undefined && { body }) })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') && text !== ''
    if (errors.length > 0) throw errors.shift()
    return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : text }
  }
  const sendJson =
    (method: string) =>
    (path: string, json?: unknown, sent: Sent = {}) =>
      request(method, path, { ...sent, ...(json !== undefined && { json }) })
  const job = (id: string) => request('GET', `/v1/${started.projectId}/jobs/${id}`)
  const advance = (by?: string) =>
    request('POST', '/_ims/clock/advance', { json: by === undefined ? { until: 'idle' } : { by } })

  return {
    ...started,
    bucketFolder: buckets,
    request,
    get: (path, sent) => request('GET', path, sent),
    post: sendJson('POST'),
    put: sendJson('PUT'),
    patch: sendJson('PATCH'),
    delete: sendJson('DELETE'),
    job,
    progress: (id) => request('GET', `/v1/cloudimages/job/${id}`),
    advance,
    async importImage(fields = {}) {
      const json = { name: 'tiny', image_url: 'images:tiny.qcow2', min_disk: 1, ...fields }
      const created = await request('POST', '/v2/cloudimages/action', { json })
      expect(created.body).toEqual({ job_id: expect.stringMatching(/^[0-9a-f]{32}$/) })
      await advance()
      const ended = await job(created.body.job_id)
      expect(ended.body).toMatchObject({ status: 'SUCCESS', error_code: null })
      return ended.body.entities.image_id
    },
    async close() {
      await started.close()
      scratch[Symbol.dispose]()
    },
    async [Symbol.asyncDispose]() {
      await started.close()
      scratch[Symbol.dispose]()
    },
  }
}

/** What `listen` needs of an emulator, for tests of the listener alone. */
export function nothingServed() {
  return {
    authority: openAuthority(undefined),
    cloudDomains: readCloudDomains([]),
    allowedHosts: [],
    log() {},
    note() {},
  }
}

/** Puts a file into a bucket of a test and creates its folders. */
export function putObject(emulator: TestEmulator, bucket: string, key: string, source: string): void {
  const path = join(emulator.bucketFolder, bucket, key)
  mkdirSync(dirname(path), { recursive: true })
  copyFileSync(diskImage(source), path)
}

/** A vitest `test` whose fixture `emulator` is a new emulator. */
export const test = base.extend<{ emulator: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern to know what a fixture needs
  emulator: async ({}, use) => {
    await using emulator = await startTestEmulator()
    await use(emulator)
  },
})

/** The same with `--buckets-write`: exports are also files in the folder of the buckets. */
export const writingTest = base.extend<{ emulator: TestEmulator }>({
  // biome-ignore lint/correctness/noEmptyPattern: as above
  emulator: async ({}, use) => {
    await using emulator = await startTestEmulator({ bucketsWrite: true })
    await use(emulator)
  },
})

export { expect }
