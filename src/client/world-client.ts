import type { z } from 'zod'
import { changeAuth, issueControlToken } from '../control/contract/auth.ts'
import { advanceClock, changeClock, showClock, showTimeline } from '../control/contract/clock.ts'
import {
  addFixtures,
  type ChangeableFields,
  changeFixture,
  listFixtures,
  removeFixture,
  showFixture,
} from '../control/contract/fixtures.ts'
import { exportListAsCsv, exportListAsXlsx } from '../control/contract/image-list.ts'
import { type Recording, showRecording } from '../control/contract/recording.ts'
import { addRule, deleteRule, enterPhase, listRules, showPhase, showRule } from '../control/contract/rules.ts'
import { changeQuotas, putScenario, showQuotas } from '../control/contract/scenario.ts'
import { showTraces } from '../control/contract/traces.ts'
import {
  type createWorld,
  deleteSnapshot,
  deleteWorld,
  downloadDatabase,
  forkWorld,
  listSnapshots,
  reset,
  restoreSnapshot,
  saveSnapshot,
} from '../control/contract/worlds.ts'
import { type BucketsClient, bucketsClient } from './buckets-client.ts'
import { type ControlClient, type Send, silence } from './control-client.ts'
import { type JournalClient, journalClient } from './journal-client.ts'

/** A rule as a scenario writes it. */
export type RuleInput = z.input<typeof addRule.request>['body']
/** What a fixture file may hold. */
export type FixtureInput = z.input<typeof addFixtures.request>['body']
type FixtureFields = z.output<typeof ChangeableFields>
/** The kinds of things that change while a world runs: keys, servers, volumes, vaults, backups, images. */
export type ChangingKind = keyof FixtureFields
/** A key, a server, an image ... as a fixture file has it. */
export type FixtureItem = z.output<(typeof showFixture.responses)[200]>
/** The specification of a new world. */
export type WorldInput = NonNullable<z.input<typeof createWorld.request>['body']>

/** The state of a clock. */
export type Clock = z.output<(typeof showClock.responses)[200]>
/** The clock after an advance, and the steps that were applied on the way. */
export type Advanced = z.output<(typeof advanceClock.responses)[200]>
/** A rule and how often it fired. */
export type ListedRule = z.output<(typeof listRules.responses)[200]>['rules'][number]
/** A rule and the requests that it was tried for. */
export type ExplainedRule = z.output<(typeof showRule.responses)[200]>
type SavedSnapshot = z.output<(typeof saveSnapshot.responses)[201]>

/** Limits of all projects, and under `projects` those of single ones. */
export type QuotaInput = z.input<typeof changeQuotas.request>['body']
type Quotas = z.output<(typeof showQuotas.responses)[200]>
/** The format of an exported list of images, and which images are in it. */
export interface ImageListInput {
  format?: 'csv' | 'xlsx'
  imagetype?: 'private' | 'public'
  /** Ids of the images; all of the list without it. */
  ids?: readonly string[]
  /** The project whose private images are listed; that of the demo user by default. */
  projectId?: string
}

/** Exact values that traces must have, and how many of the latest ones are returned. */
export interface TraceFilter {
  name?: string
  service_type?: string
  resource_type?: string
  resource_id?: string
  resource_name?: string
  user?: string
  project_id?: string
  rating?: 'normal' | 'warning' | 'incident'
  limit?: number
}
/** A trace as the Cloud Trace Service shows it, with its project. */
export type Trace = z.output<(typeof showTraces.responses)[200]>['traces'][number]

type Timeline = z.output<(typeof showTimeline.responses)[200]>

/** How far to advance the clock: by a duration such as `3m`, to an instant, or to the next or the last planned step. */
export type Advance = string | { to: string } | { until: 'next' | 'idle' }

/** A world with its endpoint and credentials, as the control plane describes it. */
export type WorldFacts = z.output<(typeof createWorld.responses)[201]>

/** A user of a world: what a client of another account, or of a user with fewer rights, is given. */
export interface WorldUser {
  readonly userId: string
  readonly projectId: string
  /** The account of the user. */
  readonly domainId: string
  readonly token?: string | undefined
  readonly accessKey?: string | undefined
  readonly secretKey?: string | undefined
  /** Sends a request to the emulated cloud, with the token of the user unless it has credentials. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}

/** An isolated cloud: the endpoint for the code under test, and the control plane for the test. */
export interface WorldClient extends AsyncDisposable {
  readonly name: string
  /** The endpoint for SDKs: `http://127.0.0.1:41234/w/world-1`. */
  readonly url: string
  readonly projectId: string
  readonly region: string
  /** The credentials of its demo user. They identify the world when a client drops the path of the endpoint. */
  readonly credentials: {
    token?: string | undefined
    accessKey?: string | undefined
    secretKey?: string | undefined
  }
  /**
   * The users that the world had when it was created, by name: `world.users.partner`. Their credentials identify the world, too.
   * @example await world.users.partner?.fetch('/v2/cloudimages?visibility=shared&member_status=pending')
   */
  readonly users: Readonly<Record<string, WorldUser>>
  readonly clock: {
    show(): Promise<Clock>
    /** Advances the clock, and returns every step that was applied on the way. */
    advance(how: Advance): Promise<Advanced>
    freeze(): Promise<Clock>
    /** @param rate virtual seconds per real one. */
    run(rate?: number): Promise<Clock>
  }
  readonly jobs: {
    /** Advances the clock until no step is planned: every job ends that can. */
    finish(): Promise<Advanced>
  }
  readonly rules: {
    /** Adds a rule before all others; a rule of the same name is replaced. */
    add(rule: RuleInput): Promise<void>
    remove(name: string): Promise<void>
    list(): Promise<ListedRule[]>
    /** A rule, and why each of the last 20 requests that it was tried for matched or did not. */
    explain(name: string): Promise<ExplainedRule>
  }
  readonly phase: { show(): Promise<string | null>; enter(phase: string): Promise<void> }
  /** The limits of projects. A change lasts until a reset or another scenario. */
  readonly quotas: { show(): Promise<Quotas>; change(change: QuotaInput): Promise<Quotas> }
  /** The latest events of jobs and the next planned steps, in virtual time. */
  timeline(): Promise<Timeline>
  /**
   * The audit traces of the last seven days of virtual time, oldest first, those of refused calls too.
   * @example expect(await world.traces({ name: 'deleteImage' })).toMatchObject([{ code: '204' }])
   */
  traces(filter?: TraceFilter): Promise<Trace[]>
  readonly journal: JournalClient
  readonly buckets: BucketsClient
  readonly snapshots: {
    save(name: string): Promise<SavedSnapshot>
    list(): Promise<SavedSnapshot[]>
    restore(name: string): Promise<void>
    remove(name: string): Promise<void>
  }
  /** Adds images, servers, volumes, users ...; returns the number of each. */
  addFixtures(fixture: FixtureInput): Promise<Record<string, number>>
  /** Changes keys, servers, volumes, vaults, backups and images of the cloud while the world runs. */
  readonly fixtures: {
    list(kind: ChangingKind): Promise<FixtureItem[]>
    show(kind: ChangingKind, id: string): Promise<FixtureItem>
    /**
     * Changes some fields of one, as of the next request.
     * @example await world.fixtures.change('keys', keyId, { state: 'disabled' })
     */
    change<Kind extends ChangingKind>(
      kind: Kind,
      id: string,
      fields: FixtureFields[Kind],
    ): Promise<FixtureItem>
    remove(kind: ChangingKind, id: string): Promise<void>
  }
  /** Puts another scenario in force: YAML, JSON, or `{ extends: 'brown-out' }`. */
  putScenario(scenario: string | Record<string, unknown>): Promise<void>
  setAuth(mode: 'lenient' | 'strict'): Promise<void>
  /** A token of any user for any project, by names or ids. */
  token(whose?: { user?: string; project?: string }): Promise<string>
  /** The world as a SQLite file, which `start --from` takes. Without `blobs` it lacks the bytes of the images. */
  database(options?: { blobs?: boolean }): Promise<ReadableStream<Uint8Array>>
  /**
   * The list of private or public images as the console exports it, as a file.
   * @example const csv = await new Response(await world.imageList({ imagetype: 'public' })).text()
   */
  imageList(how?: ImageListInput): Promise<ReadableStream<Uint8Array>>
  /** Creates a world as a copy of this one. */
  fork(name?: string): Promise<WorldClient>
  /** All requests since the world began, as the recording that `ims-emulator replay` plays. */
  record(): Promise<Recording>
  /** Back to the start of the scenario: same seed, same ids. */
  reset(): Promise<void>
  /** Deletes the world. `await using` does so at the end of a block. */
  delete(): Promise<void>
  /** Sends a request to the emulated cloud, with the token of the demo user unless it has credentials. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}

/**
 * Creates the client of a world.
 * @param home the control plane of its emulator.
 */
export function worldClient(home: ControlClient, facts: WorldFacts, send: Send): WorldClient {
  const { name, endpoint, region, project_id: projectId } = facts
  const control = home.inWorld(name)
  const { access_key: accessKey, secret_key: secretKey, token } = facts
  const advance = (body: z.input<typeof advanceClock.request>['body']) =>
    control.call(advanceClock, advanceClock.responses[200], { body })
  const setRate = (rate: number) => control.call(changeClock, changeClock.responses[200], { body: { rate } })
  const fetchAs =
    (ownToken: string | null) =>
    async (path: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers)
      if (!headers.has('x-auth-token') && !headers.has('authorization') && ownToken !== null)
        headers.set('X-Auth-Token', ownToken)
      return await send(new Request(endpoint + path, { ...init, headers }))
    }
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
    async traces({ limit, ...filter } = {}) {
      const query = { ...filter, ...(limit !== undefined && { limit: String(limit) }) }
      return (await control.call(showTraces, showTraces.responses[200], { query })).traces
    },
    journal: journalClient(control),
    buckets: bucketsClient(control),
    snapshots: {
      save: (snapshot) =>
        control.call(saveSnapshot, saveSnapshot.responses[201], { body: { name: snapshot } }),
      list: async () => (await control.call(listSnapshots, listSnapshots.responses[200])).snapshots,
      restore: (snapshot) => control.call(restoreSnapshot, silence, { params: { snapshot } }),
      remove: (snapshot) => control.call(deleteSnapshot, silence, { params: { snapshot } }),
    },
    addFixtures: async (fixture) =>
      (await control.call(addFixtures, addFixtures.responses[201], { body: fixture })).added,
    fixtures: {
      async list(kind) {
        const found = await control.call(listFixtures, listFixtures.responses[200], { params: { kind } })
        return found[kind] ?? []
      },
      show: (kind, id) => control.call(showFixture, showFixture.responses[200], { params: { kind, id } }),
      change: (kind, id, fields) =>
        control.call(changeFixture, changeFixture.responses[200], {
          params: { kind, id },
          body: { ...fields },
        }),
      remove: (kind, id) => control.call(removeFixture, silence, { params: { kind, id } }),
    },
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
    imageList({ format = 'csv', imagetype, ids, projectId } = {}) {
      const query = { imagetype, ids: ids?.join(','), project_id: projectId }
      return format === 'csv'
        ? control.download(exportListAsCsv, { query })
        : control.download(exportListAsXlsx, { query })
    },
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
    users: Object.fromEntries(
      Object.entries(facts.users).map(([name, user]) => [
        name,
        {
          userId: user.user_id,
          projectId: user.project_id,
          domainId: user.domain_id,
          token: user.token ?? undefined,
          accessKey: user.access_key ?? undefined,
          secretKey: user.secret_key ?? undefined,
          fetch: fetchAs(user.token),
        },
      ]),
    ),
    fetch: fetchAs(token),
  }
}
