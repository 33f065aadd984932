import { describe, expect, test } from 'vitest'
import { differences, type FileRecord, renderRecorded, summarise, type TestRecord } from './recorded.ts'

type Requests = TestRecord['requests']

const answers = (codes: string[] = [], jobCodes: string[] = []) => ({ statuses: [200], codes, jobCodes })

function recordOf(title: string, requests: Requests, isRandom = false): TestRecord {
  return { title, isRandom, requests }
}

const copies: FileRecord = {
  file: 'test/copies.test.ts',
  tests: [
    recordOf('a copy: of an unknown image: IMG.0027', { CopyImage: answers(['IMG.0027']) }),
    recordOf('a copy: fails', { CopyImage: answers(), ShowJob: answers([], ['IMG.0069']) }),
  ],
}
const jobs: FileRecord = {
  file: 'test/jobs.test.ts',
  tests: [
    { isRandom: false, requests: { CopyImage: answers() } },
    recordOf('a job: is shown', {
      ShowJob: { statuses: [404, 200], codes: ['IMG.0030', 'IMG.0027'], jobCodes: [] },
    }),
  ],
}

describe('a record of a run', () => {
  test('has statuses, codes, the number of tests and the files of each operation', () => {
    expect(summarise([copies, jobs])).toEqual({
      operations: {
        CopyImage: {
          statuses: [200],
          codes: ['IMG.0027'],
          tests: 3,
          fileCount: 2,
          files: ['test/copies.test.ts', 'test/jobs.test.ts'],
        },
        ShowJob: {
          statuses: [200, 404],
          codes: ['IMG.0027', 'IMG.0030', 'IMG.0069'],
          tests: 2,
          fileCount: 2,
          files: ['test/jobs.test.ts', 'test/copies.test.ts'],
        },
      },
      codes: {
        'IMG.0027': {
          cause: 'a copy: of an unknown image',
          fileCount: 2,
          files: ['test/copies.test.ts', 'test/jobs.test.ts'],
        },
        'IMG.0030': { cause: 'a job: is shown', fileCount: 1, files: ['test/jobs.test.ts'] },
        'IMG.0069': { cause: 'a copy: fails', fileCount: 1, files: ['test/copies.test.ts'] },
      },
    })
  })

  test('does not depend on the order of files and tests', () => {
    const turned = [jobs, copies].map(({ file, tests }) => ({ file, tests: [...tests].reverse() }))
    expect(renderRecorded(summarise(turned))).toBe(renderRecorded(summarise([copies, jobs])))
  })

  test('names at most three files and counts all of them', () => {
    const files = ['d', 'b', 'a', 'c'].map((file) => ({ ...copies, file }))
    expect(summarise(files).operations.CopyImage).toMatchObject({ fileCount: 4, files: ['a', 'b', 'c'] })
    expect(summarise(files).codes['IMG.0027']).toMatchObject({ fileCount: 4, files: ['a', 'b', 'c'] })
  })

  test('leaves out property tests, whose requests differ between runs', () => {
    const random = recordOf('any tag is refused', { AddTag: answers(['IMG.0115']) }, true)
    expect(summarise([{ file: 'test/tags.test.ts', tests: [random] }])).toEqual({ operations: {}, codes: {} })
  })

  test('has codes of requests that no operation answered, but no operation for them', () => {
    const unknown = recordOf('an unknown path', { '': answers(['APIGW.0101']) })
    const { operations, codes } = summarise([{ file: 'test/paths.test.ts', tests: [unknown] }])
    expect(operations).toEqual({})
    expect(codes['APIGW.0101']?.cause).toBe('an unknown path')
  })

  test('tells the cause of a code by a refusal rather than by a job, and by the test with fewest codes', () => {
    const record = recordOf('many', { A: answers(['IMG.0001', 'IMG.0002']) })
    const inJob = recordOf('a job', { ShowJob: answers([], ['IMG.0001']) })
    const alone = recordOf('one', { A: answers(['IMG.0002']) })
    const { codes } = summarise([{ file: 'test/a.test.ts', tests: [record, inJob, alone] }])
    expect(codes).toMatchObject({ 'IMG.0001': { cause: 'many' }, 'IMG.0002': { cause: 'one' } })
  })
})

describe('two records', () => {
  const before = summarise([copies])

  test('do not differ when only tests were added', () => {
    expect(differences(before, summarise([copies, { ...copies, file: 'test/more.test.ts' }]))).toEqual([])
  })

  test('differ in codes of an operation, in called operations and in codes that no operation answers', () => {
    const more = recordOf('more', {
      CopyImage: answers(['IMG.0046']),
      ShowQuota: answers(),
      '': answers(['APIGW.0101']),
    })
    const after = summarise([copies, { file: 'test/more.test.ts', tests: [more] }])
    expect(differences(before, after)).toEqual([
      'CopyImage also answers IMG.0046',
      'ShowQuota is called by tests now',
      'the run also answers APIGW.0101, IMG.0046',
    ])
    expect(differences(after, before)).toEqual([
      'CopyImage no longer answers IMG.0046',
      'ShowQuota is no longer called by tests',
      'the run no longer answers APIGW.0101, IMG.0046',
    ])
  })
})
