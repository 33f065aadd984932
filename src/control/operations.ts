import type { Operation } from '../contract/operation.ts'
import { changeAuth, showAuth } from './auth.ts'
import { explainAuthorization } from './authorize.ts'
import { advanceClock, changeClock, showClock } from './clock.ts'
import { docs, docsScript } from './docs.ts'
import { addFixtures } from './fixtures.ts'
import { exportHar } from './har.ts'
import { health, info, openapi, ready, reset } from './health.ts'
import { clearJournal, showJournal, showRequest } from './journal.ts'
import { metrics } from './metrics.ts'
import type { ControlCall } from './operation.ts'
import { changeQuotas, showQuotas } from './quotas.ts'
import { showRecording } from './recording.ts'
import { addRule, deleteRule, enterPhase, listRules, showPhase, showRule } from './rules.ts'
import { checkScenario, putScenario, showScenario } from './scenario.ts'
import {
  deleteSnapshot,
  downloadDatabase,
  listSnapshots,
  restoreSnapshot,
  saveSnapshot,
} from './snapshots.ts'
import { deletePolicy, patchGroup, patchUser, putPolicy } from './tenant-changes.ts'
import { showTenants } from './tenants.ts'
import { showTimeline } from './timeline.ts'
import { issueControlToken } from './tokens.ts'
import { verifyJournal } from './verify-journal.ts'
import { createWorld, deleteWorld, forkWorld, listWorlds, showWorld } from './worlds.ts'

/** Our own plane: under `/_ims`, but for the figures, which Prometheus looks for at the root. */
export const controlOperations: readonly Operation<ControlCall>[] = [
  health,
  ready,
  info,
  metrics,
  openapi,
  docs,
  docsScript,
  reset,
  showClock,
  changeClock,
  advanceClock,
  showJournal,
  showRequest,
  exportHar,
  clearJournal,
  verifyJournal,
  showRecording,
  addFixtures,
  listRules,
  addRule,
  showRule,
  deleteRule,
  showPhase,
  enterPhase,
  showQuotas,
  changeQuotas,
  showTimeline,
  showScenario,
  putScenario,
  checkScenario,
  createWorld,
  listWorlds,
  showWorld,
  deleteWorld,
  forkWorld,
  listSnapshots,
  saveSnapshot,
  restoreSnapshot,
  deleteSnapshot,
  downloadDatabase,
  issueControlToken,
  showTenants,
  patchUser,
  patchGroup,
  putPolicy,
  deletePolicy,
  showAuth,
  changeAuth,
  explainAuthorization,
]
