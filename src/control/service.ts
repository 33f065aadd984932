import { z } from 'zod'
import { refusalDescription } from '../contract/openapi.ts'
import type { Operation } from '../contract/operation.ts'
import { ControlError, SetupError } from '../lib/errors.ts'
import { describeLimits } from '../lib/json.ts'
import type { BrokenRule } from '../services/refusals.ts'
import { CLOUD_JSON, defineService } from '../services/service.ts'
import { LARGEST_SCENARIO } from '../simulation/scenario/source.ts'
import { authOperations } from './auth.ts'
import { explainAuthorization } from './authorize.ts'
import { bucketOperations } from './buckets.ts'
import type { ControlCall } from './call.ts'
import { clockOperations } from './clock.ts'
import { fixtureOperations } from './fixtures.ts'
import { exportHar } from './har.ts'
import { imageListOperations } from './image-list.ts'
import { journalOperations } from './journal.ts'
import { metrics } from './metrics.ts'
import { showRecording } from './recording.ts'
import { ruleOperations } from './rules.ts'
import { scenarioOperations } from './scenario.ts'
import { docsOperations, statusOperations } from './status.ts'
import { tenantOperations } from './tenants.ts'
import { showTraces } from './traces.ts'
import { worldOperations } from './worlds.ts'

/** All operations of the control plane. Every path begins with `/_ims`, but for `/metrics`, where Prometheus looks. */
export const controlOperations: readonly Operation<ControlCall>[] = [
  ...statusOperations,
  metrics,
  ...docsOperations,
  ...clockOperations,
  ...journalOperations,
  exportHar,
  showTraces,
  showRecording,
  ...ruleOperations,
  ...scenarioOperations,
  ...worldOperations,
  ...fixtureOperations,
  ...bucketOperations,
  ...imageListOperations,
  ...tenantOperations,
  ...authOperations,
  explainAuthorization,
]

const Problem = z
  .strictObject({ type: z.literal('about:blank'), title: z.string(), status: z.int(), detail: z.string() })
  .meta({ id: 'Problem', description: 'The control plane refuses (RFC 9457); the detail says what to send.' })

const sentence = ({ path, message }: BrokenRule) => (path === '' ? message : `${path}: ${message}`)

/**
 * The control plane of the emulator, which no real cloud has. The journal keeps its changes apart from the requests of the
 * cloud, for recordings, and does not keep its reads.
 */
export const control = defineService({
  id: 'control',
  hosts: undefined,
  title: 'Control plane',
  description: 'What no cloud has: worlds, time, rules and the journal.',
  refusals: {
    invalid: (broken) => new ControlError(400, sentence(broken)),
    denied: ({ message }) => new ControlError(403, message),
    missingBody: () => new ControlError(400, 'the request has no body; send JSON'),
    malformedBody: () => new ControlError(400, 'the body is not JSON'),
    tooLargeBody: (limits) => new ControlError(413, describeLimits(limits)),
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
    // Scenarios and fixtures are sent whole.
    json: { ...CLOUD_JSON, bytes: LARGEST_SCENARIO },
  },
})
