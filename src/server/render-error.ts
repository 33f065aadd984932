import { STATUS_CODES } from 'node:http'
import { CloudError, ControlError, GlanceError } from '../kernel/errors.ts'
import type { Answer, Face } from '../operations/operation.ts'

/**
 * The one place where a refusal becomes an answer. What is no refusal is a fault of ours: it goes to the log with the
 * request id, and the client learns no more than that.
 */
export function renderError(
  face: Face,
  error: unknown,
  requestId: string,
  report: (error: unknown) => void,
): Answer {
  if (error instanceof CloudError) return renderCloudError(error, requestId)
  if (error instanceof GlanceError) return renderGlanceError(error)
  if (error instanceof ControlError) return renderProblem(error.status, error.message)
  report(error)
  if (face === 'control')
    return renderProblem(500, `an error inside the emulator; its log has it under ${requestId}`)
  return renderCloudError(new CloudError('APIGW.0601'), requestId)
}

/** IMG codes in the image service's own shape, APIGW codes in the gateway's. Clients read exactly one object of each. */
function renderCloudError({ code, status, message }: CloudError, requestId: string): Answer {
  if (code.startsWith('IMG.')) return { status, body: { error: { code, message } } }
  return { status, body: { error_code: code, error_msg: message, request_id: requestId } }
}

/** Glance answers with the page that WebOb makes of an HTTP error. */
function renderGlanceError({ status, message }: GlanceError): Answer {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trim()
  const body = `<html>
 <head>
  <title>${title}</title>
 </head>
 <body>
  <h1>${title}</h1>
  ${escapeHtml(message)}<br /><br />


 </body>
</html>`
  return { status, body, headers: { 'Content-Type': 'text/html; charset=UTF-8' } }
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}

function renderProblem(status: number, detail: string): Answer {
  return {
    status,
    body: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail },
    headers: { 'Content-Type': 'application/problem+json' },
  }
}
