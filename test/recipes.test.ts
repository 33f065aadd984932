import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { control } from '../src/control/service.ts'
import { batchAddMembers, showImageMember } from '../src/services/ims/contract/members.ts'
import { listedServices } from '../src/services/index.ts'
import { Then } from '../src/simulation/rules/then.ts'

/** CONTRIBUTING.md tells how many files a change costs; these tests hold it. */

const src = fileURLToPath(new URL('../src', import.meta.url))
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: withoutComments(readFileSync(join(src, path), 'utf8')) }))

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '')
}

/** The files, below a folder of `src/`, in which a text stands. */
function filesWith(text: string | RegExp, folder = ''): string[] {
  return files
    .filter((file) => file.path.startsWith(folder))
    .filter((file) => (typeof text === 'string' ? file.text.includes(text) : text.test(file.text)))
    .map(({ path }) => path)
}

describe('a service', () => {
  test('is named outside of its folder by services/index.ts alone, and by services that build on it', () => {
    for (const { id } of listedServices.filter(({ operations }) => operations.length > 0)) {
      const folder = `services/${id}/`
      const importers = files
        .filter(({ path }) => !path.startsWith(folder))
        .filter(({ text }) => new RegExp(`from '[^']*/${id}/(?:service|editions/\\w+)\\.ts'`).test(text))
        .map(({ path }) => path)
      expect([id, importers]).toEqual([id, ['services/index.ts']])
    }
  })
})

describe('an operation', () => {
  test('has its id in one contract, and is joined with a handler in one file', () => {
    const ids = listedServices.flatMap(({ operations }) => operations.map(({ id }) => id))
    const elsewhere = ids
      .filter((id) => !id.endsWith('InSafeMode'))
      // Policies of buckets name actions by the same words.
      .filter((id) => !['GetObject', 'PutObject'].includes(id))
      .map((id) => [id, filesWith(`'${id}'`, 'services/')] as const)
      .filter(([, found]) => found.length !== 1 || !/\/contract(?:\/[\w-]+)?\.ts$/.test(found[0] ?? ''))
    expect(elsewhere).toEqual([])
  })

  test('of the control plane has its id in one contract', () => {
    const elsewhere = control.operations
      .map(({ id }) => [id, filesWith(`'${id}'`, 'control/')] as const)
      .filter(([, found]) => found.length !== 1 || !found[0]?.startsWith('control/contract/'))
    expect(elsewhere).toEqual([])
  })
})

describe('a rule effect', () => {
  test('is written, described and compiled in then.ts, and acts in one more file', () => {
    const compiled = {
      disconnect: 'disconnect',
      truncate: 'truncate',
      slow: 'bytesPerSecond',
      malformed: 'malformed',
      content_length: 'wrongContentLength',
      stale: 'staleMs',
      member_status: 'memberStatus',
      set: /\bset\b, headers|\{ set/,
      headers: /headers: further/,
      image: /\{ image \} of effects/,
      fixtures: /\{ fixtures \} of effects/,
      quota: /\{ quota, job/,
    }
    const acting = Object.entries(compiled).map(([effect, text]) => [
      effect,
      filesWith(text, 'http/').filter((path) => /apply-rules|wire-faults/.test(path)).length,
    ])
    expect(acting).toEqual(Object.keys(compiled).map((effect) => [effect, 1]))
    const { shape } = Then
    expect(Object.keys(shape).sort()).toEqual(
      [...Object.keys(compiled), 'enter', 'error', 'job', 'latency', 'throttle', 'time'].sort(),
    )
  })
})

describe('a field of the member answer', () => {
  test('has its schema and its renderer in contract/members.ts, and stands nowhere else in the service', () => {
    const { responses } = showImageMember
    const fields = Object.keys(responses[200].shape)
    expect(fields).toContain('member_type')
    for (const field of ['member_type:', 'created_at: wireSeconds(member', "'/v2/schemas/member'"])
      expect([field, filesWith(field, 'services/ims/')]).toEqual([
        field,
        ['services/ims/contract/members.ts'],
      ])
    expect(Object.keys(batchAddMembers.responses)).toEqual(['200'])
  })
})
