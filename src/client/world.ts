import type { z } from 'zod'
import type { advanceClock, showClock } from '../control/clock.ts'
import type { addFixtures } from '../control/fixtures.ts'
import type { changeQuotas, showQuotas } from '../control/quotas.ts'
import type { Recording } from '../control/recording-format.ts'
import type { addRule, listRules, showRule } from '../control/rules.ts'
import type { saveSnapshot } from '../control/snapshots.ts'
import type { showTimeline } from '../control/timeline.ts'
import type { createWorld } from '../control/worlds.ts'
import type { JournalClient } from './journal-client.ts'

/** A rule as a scenario writes it. */
export type RuleInput = z.input<typeof addRule.request>['body']
/** What a fixture file may hold. */
export type FixtureInput = z.input<typeof addFixtures.request>['body']
/** What a new world is to be. */
export type WorldInput = NonNullable<z.input<typeof createWorld.request>['body']>

/** What a clock shows. */
export type Clock = z.output<(typeof showClock.responses)[200]>
/** The clock after going forward, and what happened on the way. */
export type Advanced = z.output<(typeof advanceClock.responses)[200]>
/** A rule and how often it happened. */
export type ListedRule = z.output<(typeof listRules.responses)[200]>['rules'][number]
/** A rule and the requests that it could be about. */
export type ExplainedRule = z.output<(typeof showRule.responses)[200]>
type SavedSnapshot = z.output<(typeof saveSnapshot.responses)[201]>

/** Limits of everybody, and under `projects` those of some. */
export type QuotaInput = z.input<typeof changeQuotas.request>['body']
type Quotas = z.output<(typeof showQuotas.responses)[200]>
type Timeline = z.output<(typeof showTimeline.responses)[200]>

/** How far to go in time: a duration such as `3m`, an instant, or until something happens. */
export type Advance = string | { to: string } | { until: 'next' | 'idle' }

/** What a world says about itself. */
export type WorldFacts = z.output<(typeof createWorld.responses)[201]>

/** An isolated cloud, as a test drives it: the endpoint for the code under test, and the control plane for the test. */
export interface WorldClient extends AsyncDisposable {
  readonly name: string
  /** The endpoint for SDKs: `http://127.0.0.1:41234/w/world-1`. */
  readonly url: string
  readonly projectId: string
  readonly region: string
  /** What its demo user shows; a client that cannot keep the path of the endpoint is told apart by these. */
  readonly credentials: {
    token?: string | undefined
    accessKey?: string | undefined
    secretKey?: string | undefined
  }
  readonly clock: {
    show(): Promise<Clock>
    /** Goes forward, and tells every step that was applied on the way. */
    advance(how: Advance): Promise<Advanced>
    freeze(): Promise<Clock>
    /** @param rate virtual seconds per real one. */
    run(rate?: number): Promise<Clock>
  }
  readonly jobs: {
    /** Lets every job end that can: goes forward until nothing is planned. */
    finish(): Promise<Advanced>
  }
  readonly rules: {
    /** Adds a rule before all others; a taken name is replaced. */
    add(rule: RuleInput): Promise<void>
    remove(name: string): Promise<void>
    list(): Promise<ListedRule[]>
    /** A rule, and why each of the last 20 requests that it could be about fitted or did not. */
    explain(name: string): Promise<ExplainedRule>
  }
  readonly phase: { show(): Promise<string | null>; enter(phase: string): Promise<void> }
  /** What projects may have. A change lasts until a reset or another scenario. */
  readonly quotas: { show(): Promise<Quotas>; change(change: QuotaInput): Promise<Quotas> }
  /** What has happened to jobs lately and what is planned, in virtual time. */
  timeline(): Promise<Timeline>
  readonly journal: JournalClient
  readonly snapshots: {
    save(name: string): Promise<SavedSnapshot>
    list(): Promise<SavedSnapshot[]>
    restore(name: string): Promise<void>
    remove(name: string): Promise<void>
  }
  /** Adds images, servers, volumes, users ...; answers how many of each. */
  addFixtures(fixture: FixtureInput): Promise<Record<string, number>>
  /** Puts another scenario in force: YAML, JSON, or `{ extends: 'brown-out' }`. */
  putScenario(scenario: string | Record<string, unknown>): Promise<void>
  setAuth(mode: 'lenient' | 'strict'): Promise<void>
  /** A token of any user for any project, by names or ids. */
  token(whose?: { user?: string; project?: string }): Promise<string>
  /** The world as a SQLite file, which `start --from` goes on from when the bytes of its images are in it. */
  database(options?: { blobs?: boolean }): Promise<ReadableStream<Uint8Array>>
  /** A world that goes on from where this one stands. */
  fork(name?: string): Promise<WorldClient>
  /** What it was asked since it began: what `ims-emulator replay` plays again. */
  record(): Promise<Recording>
  /** Back to the start of the scenario: same seed, same ids. */
  reset(): Promise<void>
  /** Deletes it and all that is in it. `await using` does so at the end of a block. */
  delete(): Promise<void>
  /** Sends a request to the emulated cloud, with the token of the demo user unless there is another. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}
