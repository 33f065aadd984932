import { afterEach, beforeEach, type RunnerTestFile } from 'vitest'
import { takeRequests } from './collect.ts'

// Vitest evaluates this file before each test file. Requests of the previous file's last hooks belong to no test.
takeRequests()

beforeEach(({ task }) => keep(task.file, undefined))

afterEach(({ task }) => keep(task.file, task.fullTestName))

/** Adds the requests answered since the last call to the metadata of the test file, which the reporter reads. */
function keep({ meta }: RunnerTestFile, title: string | undefined): void {
  const taken = takeRequests()
  if (taken === undefined) return
  meta.answered ??= []
  meta.answered.push({ ...taken, ...(title !== undefined && { title: title.replaceAll(' > ', ': ') }) })
}
