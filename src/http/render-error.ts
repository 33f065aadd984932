import { STATUS_CODES } from 'node:http'
import type { Answer, Face } from '../contract/operation.ts'
import { CloudError, ControlError, GlanceError, IamError, SetupError } from '../lib/errors.ts'
import { renderGlanceError } from '../services/glance/operations/render-error.ts'

/**
 * The one place where a refusal becomes an answer. What is no refusal is a fault of ours: it goes to the log with the
 * request id, and the client learns no more than that. `accept` is what the client would like to read.
 */
export function renderError(
  face: Face,
  error: unknown,
  requestId: string,
  report: (error: unknown) => void,
  accept: string | null = null,
): Answer {
  if (error instanceof CloudError) return renderCloudError(error, requestId)
  if (error instanceof GlanceError) return renderGlanceError(error, accept, 'html')
  if (error instanceof IamError) return renderIamError(error)
  if (error instanceof ControlError) return renderProblem(error.status, error.message)
  if (error instanceof SetupError && face === 'control') return renderProblem(400, error.message)
  report(error)
  if (face === 'control')
    return renderProblem(500, `an error inside the emulator; its log has it under ${requestId}`)
  return renderCloudError(new CloudError('APIGW.0601'), requestId)
}

/** IMG and EPS codes in the shapes of their services, APIGW codes in the gateway's. Clients read exactly one object of each. */
function renderCloudError({ code, status, message, fields }: CloudError, requestId: string): Answer {
  if (code.startsWith('IMG.')) return { status, body: { error: { code, message }, ...fields } }
  if (code.startsWith('EPS.')) return { status, body: { error: { error_code: code, error_msg: message } } }
  return { status, body: { error_code: code, error_msg: message, request_id: requestId, ...fields } }
}

/** Keystone's form: the code is the status, and a number. */
function renderIamError({ status, message }: IamError): Answer {
  return { status, body: { error: { code: status, message, title: STATUS_CODES[status] ?? 'Error' } } }
}

function renderProblem(status: number, detail: string): Answer {
  return {
    status,
    body: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail },
    headers: { 'Content-Type': 'application/problem+json' },
  }
}
