import { errorCatalogue } from '../../../src/services/index.ts'
import { expect, type Reply } from '../../emulator.ts'

/** Expects a refusal with a code of the enterprise project service: the status and the whole body of the catalogue. */
export function expectEpsRefusal(reply: Reply, code: string): void {
  const entry = errorCatalogue.get(code)
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: entry?.status,
    body: { error: { error_code: code, error_msg: entry?.message } },
  })
}

/** Expects a refusal for want of a right, which is named. */
export function expectDenied(reply: Reply, code: string, action: string): void {
  const error_msg = `Permission error. Policy doesn't allow ${action} to be performed.`
  expect({ status: reply.status, body: reply.body }).toEqual({
    status: 403,
    body: { error: { error_code: code, error_msg } },
  })
}
