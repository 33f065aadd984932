import { ZodError } from 'zod'
import { gatewayError } from '../accounts/gateway-errors.ts'
import type { Answer } from '../contract/operation.ts'
import { AccessDenied, type NativeErrors, Refusal } from '../lib/errors.ts'
import type { Service } from '../services/service.ts'

/** Turns the JSON body of an answer into text; a text body stays as it is. */
export function withTextBody(answer: Answer): Answer {
  const { body, headers = {} } = answer
  if (body === undefined || typeof body === 'string') return answer
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return {
    ...answer,
    body: JSON.stringify(body),
    headers: typed ? headers : { ...headers, 'Content-Type': 'application/json' },
  }
}

/** Makes the HTTP response of an answer, with further headers. */
export function toResponse(answer: Answer, further: Readonly<Record<string, string>>): Response {
  const { status, body, bytes, headers: own = {} } = withTextBody(answer)
  const headers = { ...own, ...further }
  if (bytes !== undefined) return new Response(ReadableStream.from(bytes), { status, headers })
  return new Response(typeof body === 'string' ? body : null, { status, headers })
}

type Refusing = Pick<Service, 'refusals'>

/**
 * Turns whatever a request ran into into a refusal of its service. An error that is no refusal is a fault of the emulator:
 * it is reported, and the client learns its request id and no more.
 */
export function refusalOf(
  { refusals }: Refusing,
  error: unknown,
  requestId: string,
  report: (error: unknown) => void,
): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof ZodError) return refusals.invalid(firstIssue(error))
  if (error instanceof AccessDenied) return refusals.denied(error)
  const translated = refusals.translate?.(error)
  if (translated !== undefined) return translated
  report(error)
  return refusals.fault(requestId)
}

/** The first rule that a request breaks; its path begins below `params`, `query` or `body`. */
function firstIssue({ issues: [issue] }: ZodError): { path: string; message: string } {
  return {
    path: issue?.path.slice(1).join('.') ?? '',
    message: issue?.message ?? 'the request does not fit',
  }
}

/** The request that a refusal answers. */
export interface Refused {
  requestId: string
  method: string
  headers: Headers
  url: string
  nativeErrors?: NativeErrors
}

/** Renders a refusal in the form of its service. */
export function renderRefusal({ refusals }: Refusing, refusal: Refusal, refused: Refused): Answer {
  const { requestId, headers, nativeErrors } = refused
  const accept = headers.get('accept')
  return (
    refusals.render?.(refusal, { ...refused, accept }) ?? refusal.render({ requestId, accept, nativeErrors })
  )
}

/** The gateway's refusal of a request over the quota, which counts whole seconds of the world's time. */
export function throttled(service: Refusing, waitMs: number, refused: Refused): Answer & { code: string } {
  const refusal = gatewayError('APIGW.0308')
  const answer = renderRefusal(service, refusal, refused)
  const headers = { ...answer.headers, 'Retry-After': String(Math.ceil(waitMs / 1000)) }
  return { ...answer, headers, code: refusal.code }
}
