import { ZodError } from 'zod'
import type { Operation } from '../contract/operation.ts'
import { AccessDenied, CloudError, ControlError, GlanceError, IamError } from '../lib/errors.ts'

/** A refusal that every face says in words of its own. */
export function inFaceWords(operation: Operation, error: unknown): unknown {
  if (error instanceof ZodError) return refusalOf(operation, error)
  if (error instanceof AccessDenied) return denial(operation.face, error)
  return error
}

function denial(face: Operation['face'], { action, message }: AccessDenied): Error {
  if (face === 'openstack') return new GlanceError(403, message)
  if (face === 'iam') return new IamError(403, message)
  const code = face === 'eps' ? 'EPS.0004' : 'IMG.0026'
  const { message: role } = new CloudError(code)
  return new CloudError(code, { action }, { text: `${role} ${message}` })
}

/** What fields that do not fit mean on each face: the code of the first broken rule, or a sentence. */
function refusalOf(operation: Operation, error: ZodError): Error {
  const issue = error.issues[0]
  const message = issue?.message ?? 'the request does not fit'
  const path = issue?.path.slice(1).join('.') ?? ''
  if (operation.face === 'control')
    return new ControlError(400, path === '' ? message : `${path}: ${message}`)
  if (operation.face === 'iam') return new IamError(400, path === '' ? message : `${path}: ${message}`)
  if (operation.face === 'openstack')
    return new GlanceError(400, path === '' ? message : `Invalid value for ${path}: ${message}`)
  const otherwise = operation.face === 'eps' ? 'EPS.0002' : 'IMG.0001'
  return new CloudError(/^(IMG|EPS)\.\d{4}$/.test(message) ? message : otherwise, { path, message })
}
