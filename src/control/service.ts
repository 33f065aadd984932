import { z } from 'zod'
import { refusalDescription } from '../contract/openapi-refusals.ts'
import { ControlError, SetupError } from '../lib/errors.ts'
import { type BrokenRule, defineService } from '../services/service.ts'
import { controlOperations } from './operations.ts'

const Problem = z
  .strictObject({ type: z.literal('about:blank'), title: z.string(), status: z.int(), detail: z.string() })
  .meta({ id: 'Problem', description: 'The control plane refuses (RFC 9457); the detail says what to send.' })

const sentence = ({ path, message }: BrokenRule) => (path === '' ? message : `${path}: ${message}`)

/** The control plane: what no cloud has. Its requests are not part of what the emulated cloud was asked. */
export const control = defineService({
  id: 'control',
  title: 'Control plane',
  description: 'What no cloud has: worlds, time, rules and the journal.',
  refusals: {
    invalid: (broken) => new ControlError(400, sentence(broken)),
    denied: ({ message }) => new ControlError(403, message),
    missingBody: () => new ControlError(400, 'the request has no body; send JSON'),
    malformedBody: () => new ControlError(400, 'the body is not JSON'),
    method: (method, path, allow) => new ControlError(405, `${path} takes ${allow}, not ${method}`),
    path: (method, path) =>
      new ControlError(404, `nothing at ${method} ${path}; /_ims/openapi.json lists what there is`),
    injected: ({ status, text }) => new ControlError(status, text),
    fault: (requestId) =>
      new ControlError(500, `an error inside the emulator; its log has it under ${requestId}`),
    translate: (error) => (error instanceof SetupError ? new ControlError(400, error.message) : undefined),
  },
  refusalSchema: refusalDescription('ControlRefusal', {
    'application/problem+json': { schema: Problem },
  }),
  callers: { authenticated: false },
  operations: controlOperations,
  treatment: {
    requestId: (world) => world.nextControlId(),
    simulated: false,
    journal: 'changes',
    headAsGet: true,
    checksRights: false,
  },
})
