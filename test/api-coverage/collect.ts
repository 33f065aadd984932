import { subscribe } from 'node:diagnostics_channel'
import fc from 'fast-check'
import { z } from 'zod'
import { type TestRecord, UNROUTED } from './recorded.ts'

/** The parts of an answered request that coverage records. */
const AnsweredRequest = z.object({
  operation: z.string().optional(),
  status: z.int(),
  code: z.string().optional(),
  rules: z.array(z.string()),
  answered: z.object({ text: z.string().optional() }).optional(),
})

/** A job that failed is shown with its code: `"error_code":"IMG.0069"`. */
const JOB_CODE = /"error_code":"([A-Z]+\.\d{4})"/g

let requests: TestRecord['requests'] = {}
let isRandom = false

subscribe('ims-emulator:request', (message) => {
  const { operation = UNROUTED, status, code, rules, answered } = AnsweredRequest.parse(message)
  const seen = requests[operation] ?? { statuses: [], codes: [], jobCodes: [] }
  requests[operation] = seen
  // An answer that a rule may have chosen does not show what the operation does by itself.
  if (rules.length > 0) return
  add(seen.statuses, status)
  if (code !== undefined) add(seen.codes, code)
  if (status === 200 && answered?.text?.includes('"error_code":"'))
    for (const [, jobCode = ''] of answered.text.matchAll(JOB_CODE)) add(seen.jobCodes, jobCode)
})

fc.installGlobalPlugin(
  fc.beforeEach(() => {
    isRandom = true
  }),
)

/** Returns the requests answered in this worker since the last call; undefined when there were none. */
export function takeRequests(): Pick<TestRecord, 'requests' | 'isRandom'> | undefined {
  const taken = { requests, isRandom }
  requests = {}
  isRandom = false
  return Object.keys(taken.requests).length === 0 ? undefined : taken
}

function add<Value>(values: Value[], value: Value): void {
  if (!values.includes(value)) values.push(value)
}
