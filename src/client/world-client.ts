import type { z } from 'zod'
import { changeAuth } from '../control/auth.ts'
import { advanceClock, changeClock, showClock } from '../control/clock.ts'
import { addFixtures } from '../control/fixtures.ts'
import { reset } from '../control/health.ts'
import { changeQuotas, showQuotas } from '../control/quotas.ts'
import { showRecording } from '../control/recording.ts'
import { addRule, deleteRule, enterPhase, listRules, showPhase, showRule } from '../control/rules.ts'
import { putScenario } from '../control/scenario.ts'
import {
  deleteSnapshot,
  downloadDatabase,
  listSnapshots,
  restoreSnapshot,
  saveSnapshot,
} from '../control/snapshots.ts'
import { showTimeline } from '../control/timeline.ts'
import { issueControlToken } from '../control/tokens.ts'
import { deleteWorld, forkWorld } from '../control/worlds.ts'
import { type ControlClient, type Send, silence } from './control-client.ts'
import { journalClient } from './journal-client.ts'
import type { WorldClient, WorldFacts } from './world.ts'

/** @param home the control plane of the emulator that the world is in. */
export function worldClient(home: ControlClient, facts: WorldFacts, send: Send): WorldClient {
  const { name, endpoint, region, project_id: projectId } = facts
  const control = home.inWorld(name)
  const { access_key: accessKey, secret_key: secretKey, token } = facts
  const advance = (body: z.input<typeof advanceClock.request>['body']) =>
    control.call(advanceClock, advanceClock.responses[200], { body })
  const setRate = (rate: number) => control.call(changeClock, changeClock.responses[200], { body: { rate } })
  const remove = () => home.call(deleteWorld, silence, { params: { world: name } })

  return {
    name,
    url: endpoint,
    projectId,
    region,
    credentials: {
      token: token ?? undefined,
      accessKey: accessKey ?? undefined,
      secretKey: secretKey ?? undefined,
    },
    clock: {
      show: () => control.call(showClock, showClock.responses[200]),
      advance: (how) => advance(typeof how === 'string' ? { by: how } : how),
      freeze: () => setRate(0),
      run: (rate = 1) => setRate(rate),
    },
    jobs: { finish: () => advance({ until: 'idle' }) },
    rules: {
      async add(rule) {
        await control.call(addRule, addRule.responses[201], { query: {}, body: rule })
      },
      remove: (rule) => control.call(deleteRule, silence, { params: { name: rule } }),
      list: async () => (await control.call(listRules, listRules.responses[200])).rules,
      explain: (rule) => control.call(showRule, showRule.responses[200], { params: { name: rule } }),
    },
    phase: {
      show: async () => (await control.call(showPhase, showPhase.responses[200])).phase,
      async enter(phase) {
        await control.call(enterPhase, enterPhase.responses[200], { body: { phase } })
      },
    },
    quotas: {
      show: () => control.call(showQuotas, showQuotas.responses[200]),
      change: (change) => control.call(changeQuotas, changeQuotas.responses[200], { body: change }),
    },
    timeline: () => control.call(showTimeline, showTimeline.responses[200]),
    journal: journalClient(control),
    snapshots: {
      save: (snapshot) =>
        control.call(saveSnapshot, saveSnapshot.responses[201], { body: { name: snapshot } }),
      list: async () => (await control.call(listSnapshots, listSnapshots.responses[200])).snapshots,
      restore: (snapshot) => control.call(restoreSnapshot, silence, { params: { snapshot } }),
      remove: (snapshot) => control.call(deleteSnapshot, silence, { params: { snapshot } }),
    },
    addFixtures: async (fixture) =>
      (await control.call(addFixtures, addFixtures.responses[201], { body: fixture })).added,
    async putScenario(scenario) {
      const text = typeof scenario === 'string' ? scenario : JSON.stringify(scenario)
      await control.send(putScenario, putScenario.responses[200], text)
    },
    async setAuth(mode) {
      await control.call(changeAuth, changeAuth.responses[200], { body: { mode } })
    },
    token: async (whose = {}) =>
      (await control.call(issueControlToken, issueControlToken.responses[201], { body: whose })).token,
    database: ({ blobs = false } = {}) =>
      control.download(downloadDatabase, { query: { blobs: blobs ? 'true' : 'false' } }),
    fork: async (fork) =>
      worldClient(
        home,
        await control.call(forkWorld, forkWorld.responses[201], {
          body: fork === undefined ? {} : { name: fork },
        }),
        send,
      ),
    record: () => control.call(showRecording, showRecording.responses[200]),
    reset: () => control.call(reset, silence),
    delete: remove,
    [Symbol.asyncDispose]: remove,
    async fetch(path, init = {}) {
      const headers = new Headers(init.headers)
      if (!headers.has('x-auth-token') && !headers.has('authorization') && token !== null)
        headers.set('X-Auth-Token', token)
      return await send(new Request(endpoint + path, { ...init, headers }))
    },
  }
}
