import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** The key of requests that no operation answered, such as those to unknown paths. */
export const UNROUTED = ''

/** What the operations answered during one test, or in the hooks around tests. */
export interface TestRecord {
  /** Titles of the groups and the test, joined with `: `; undefined for requests made in `beforeAll` and the like. */
  title?: string
  /** True for property tests: their requests differ between runs. */
  isRandom: boolean
  /** By id of the operation or `UNROUTED`. */
  requests: Record<string, { statuses: number[]; codes: string[]; jobCodes: string[] }>
}

/** The records of one test file. */
export interface FileRecord {
  /** Path from the root of the project. */
  file: string
  tests: readonly TestRecord[]
}

declare module 'vitest' {
  interface TaskMeta {
    answered?: TestRecord[]
  }
}

const OperationCoverage = z.strictObject({
  /** Statuses of its answers, ascending. */
  statuses: z.array(z.int()),
  /** Codes that it refused with, and those of failed jobs that it showed, ascending. */
  codes: z.array(z.string()),
  /** Number of tests that call it; hooks before a group of tests count as one. */
  tests: z.int(),
  /** Number of files with these tests. */
  fileCount: z.int(),
  /** At most three of the files: those whose requests go to this operation most. */
  files: z.array(z.string()),
})
export type OperationCoverage = z.output<typeof OperationCoverage>

const CodeCoverage = z.strictObject({
  /** Title of the test that shows best how the code is caused. */
  cause: z.string(),
  /** Number of files that cause it. */
  fileCount: z.int(),
  /** At most three of the files, the one of `cause` first. */
  files: z.array(z.string()),
})
type CodeCoverage = z.output<typeof CodeCoverage>

/** What a run of the whole test suite showed of the operations and the error codes. */
const Recorded = z.strictObject({
  operations: z.record(z.string(), OperationCoverage),
  codes: z.record(z.string(), CodeCoverage),
})
export type Recorded = z.output<typeof Recorded>

/** Path of the committed record, from the root of the project. */
export const RECORDED_FILE = 'test/api-coverage/recorded.generated.json'

const MOST_FILES = 3

/** Reads a committed record. */
export function readRecorded(path: string): Recorded {
  return Recorded.parse(JSON.parse(readFileSync(path, 'utf8')))
}

/** Writes a record as JSON with one operation or code on a line, so that changes are readable as a diff. */
export function renderRecorded({ operations, codes }: Recorded): string {
  return `{\n"operations": ${lines(operations)},\n"codes": ${lines(codes)}\n}\n`
}

function lines(entries: Readonly<Record<string, unknown>>): string {
  const rendered = Object.entries(entries).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  )
  return `{\n${rendered.join(',\n')}\n}`
}

/** One test with the number of operations and codes it saw: the fewer, the more it says about each. */
interface Sighting {
  file: string
  title: string | undefined
  operations: number
  codes: number
  /** True when a job ended with the code, false when a request was refused with it. */
  inJob: boolean
}

/**
 * Sums up the records of a whole run. The result does not depend on the order in which files or tests ran.
 * Property tests are left out: their requests are random, so their codes are not the same in each run.
 */
export function summarise(records: readonly FileRecord[]): Recorded {
  const ordered = [...records]
    .sort((a, b) => compare(a.file, b.file))
    .map(({ file, tests }) => ({ file, tests: tests.filter(({ isRandom }) => !isRandom) }))
  const ids = sorted(ordered.flatMap(({ tests }) => tests.flatMap(({ requests }) => Object.keys(requests))))
  const operations = ids
    .filter((id) => id !== UNROUTED)
    .map((id): [string, OperationCoverage] => [id, operationCoverage(id, ordered)])
  const sightings = Map.groupBy(ordered.flatMap(sightingsIn), ({ code }) => code)
  const codes = sorted(sightings.keys()).map((code): [string, CodeCoverage] => [
    code,
    codeCoverage(code, sightings.get(code) ?? []),
  ])
  return { operations: Object.fromEntries(operations), codes: Object.fromEntries(codes) }
}

function operationCoverage(id: string, records: readonly FileRecord[]): OperationCoverage {
  const seen = records.flatMap(({ tests }) => tests.flatMap(({ requests }) => requests[id] ?? []))
  const files = records
    .filter(({ tests }) => tests.some(({ requests }) => id in requests))
    .map((record) => ({ file: record.file, share: shareOf(id, record) }))
    .sort((a, b) => b.share - a.share || compare(a.file, b.file))
    .map(({ file }) => file)
  return {
    statuses: [...new Set(seen.flatMap(({ statuses }) => statuses))].sort((a, b) => a - b),
    codes: sorted(seen.flatMap(({ codes, jobCodes }) => [...codes, ...jobCodes])),
    tests: seen.length,
    fileCount: files.length,
    files: files.slice(0, MOST_FILES),
  }
}

/** The share that an operation has in the calls of a file, where each test counts each of its operations once. */
function shareOf(id: string, { tests }: FileRecord): number {
  const all = tests.reduce((sum, { requests }) => sum + Object.keys(requests).length, 0)
  return tests.filter(({ requests }) => id in requests).length / all
}

function sightingsIn({ file, tests }: FileRecord): (Sighting & { code: string })[] {
  return tests.flatMap(({ title, requests }) => {
    const seen = Object.values(requests)
    const refused = new Set(seen.flatMap(({ codes }) => codes))
    const codes = sorted([...refused, ...seen.flatMap(({ jobCodes }) => jobCodes)])
    const common = { file, title, operations: seen.length, codes: codes.length }
    return codes.map((code) => ({ ...common, code, inJob: !refused.has(code) }))
  })
}

function codeCoverage(code: string, sightings: readonly Sighting[]): CodeCoverage {
  const [best, ...others] = [...sightings].sort(
    (a, b) =>
      clarity(code, a) - clarity(code, b) || compare(a.file, b.file) || compare(a.title ?? '', b.title ?? ''),
  )
  const files = [...new Set([best, ...others].flatMap((sighting) => sighting?.file ?? []))]
  return {
    cause: withoutCode(best?.title ?? '', code),
    fileCount: files.length,
    files: files.slice(0, MOST_FILES),
  }
}

/** The lower, the better a test's title tells the cause of a code. */
function clarity(code: string, { title, operations, codes, inJob }: Sighting): number {
  if (title === undefined) return Number.POSITIVE_INFINITY
  const named = title.includes(code) ? 0 : 1
  return (inJob ? 10_000 : 0) + codes * 100 + named * 50 + operations
}

/** A title that ends with the code it causes, without that end. */
function withoutCode(title: string, code: string): string {
  return title.endsWith(`: ${code}`) ? title.slice(0, -code.length - 2) : title
}

/**
 * Lists the operations whose codes differ between two records, and the codes that only one of them has, one sentence each.
 * Statuses, test counts and files are not compared: a new test for known behaviour leaves the record valid.
 */
export function differences(committed: Recorded, run: Recorded): string[] {
  const operations = sorted([...Object.keys(committed.operations), ...Object.keys(run.operations)])
  const inOperations = operations.flatMap((id) => {
    const before = committed.operations[id]?.codes
    const now = run.operations[id]?.codes
    if (before === undefined) return `${id} is called by tests now`
    if (now === undefined) return `${id} is no longer called by tests`
    return changes(id, before, now)
  })
  return [...inOperations, ...changes('the run', Object.keys(committed.codes), Object.keys(run.codes))]
}

function changes(subject: string, before: readonly string[], now: readonly string[]): string[] {
  const added = now.filter((code) => !before.includes(code))
  const gone = before.filter((code) => !now.includes(code))
  return [
    ...(added.length > 0 ? [`${subject} also answers ${added.join(', ')}`] : []),
    ...(gone.length > 0 ? [`${subject} no longer answers ${gone.join(', ')}`] : []),
  ]
}

function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort(compare)
}

/** Order of code units, which is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
