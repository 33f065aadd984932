import type { Caller } from '../accounts/caller.ts'
import { gatewayError } from '../accounts/gateway-errors.ts'
import type { AuditedCall } from '../contract/audited-call.ts'
import type { Call } from '../contract/call.ts'
import { jsonRefusals, type RefusalDescription, refusalDescription } from '../contract/openapi.ts'
import type { Answer, Contract, Method, Operation } from '../contract/operation.ts'
import type { ErrorFamily, Refusal } from '../lib/errors.ts'
import type { JsonLimits } from '../lib/json.ts'
import type { CatalogueEntry, ResourceKind } from '../simulation/cloud.ts'
import type { FixtureSections } from '../simulation/fixtures.ts'
import type { JobKind } from '../simulation/job-kinds.ts'
import type { World } from '../simulation/world.ts'
import { GATEWAY_REFUSALS, type Refusals, type RefusalsSpec } from './refusals.ts'

/** How the emulator treats the requests of a service. */
export interface Treatment {
  /** Draws the id of a request; the control plane counts its own, so that looking at a world changes nothing in it. */
  requestId(world: RequestIdSource): string
  /** The headers in which an answer carries its request id; `own` is an id that the client sent and the service shows. */
  requestIdHeaders(
    requestId: string,
    own: string | undefined,
    request: Pick<Request, 'headers' | 'url'>,
  ): Record<string, string>
  /** Whether the scenario's rules and its quota of requests apply. */
  simulated: boolean
  /** Whether a request is kept in the journal: all of them, or only successful changes that a replay has to make again. */
  journal: 'all' | 'changes'
  /** Whether HEAD is answered as GET without a body. */
  headAsGet: boolean
  /** Whether the roles and policies of the cloud decide; a stock Glance decides by its own roles. */
  checksRights: boolean
  /** How large a JSON body may be. It is parsed in one piece, and no other request is answered meanwhile. */
  json: JsonLimits
  /** Refuses a request before anything of it is looked at. @throws Refusal */
  guard?(operation: Contract | undefined, request: Request): void
}

/** Where request ids are drawn from. */
interface RequestIdSource {
  nextRequestId(): string
  nextControlId(): string
}

/** Which callers a service takes. */
export interface Callers {
  /** Whether its operations need credentials unless they say otherwise. */
  authenticated: boolean
  /** The refusal of a caller whose credential is good but not for this service; undefined when it is. */
  refusal?(caller: Caller): Refusal | undefined
  /** The refusal of a caller that acts in another project than the one its path names; undefined when it does not matter. */
  foreignProject?(caller: Caller, projectId: string): Refusal | undefined
}

/** A request on its way into a service that routes by itself. */
export interface Visit {
  world: World
  requestId: string
  method: string
  /** Path and query as they were sent, without the part that names a world. */
  target: string
  /** The same with that part: what signatures cover. */
  sentTarget: string
  headers: Headers
  /** Scheme, host and the path that leads to the world. */
  origin: string
  bytes: AsyncIterable<Uint8Array>
  /** The address that the request came from, when it is known. */
  sourceIp: string | undefined
  /** Whether a refused signature is answered with what the server computed. */
  explainsAuth: boolean
  /** Tells who calls, as soon as that is known. */
  identify(caller: Caller): void
  /** Tells the request id that the client brought and that answers show. */
  showId(id: string): void
}

/** The operation that a visit leads to, or the answer that it gets at once. */
export type Entry =
  | { answer: Answer }
  | {
      operation: Operation
      params: Record<string, string>
      /** Undefined for a request without credentials. */
      caller: Caller | undefined
      search: string
      /** The body as the service reads it; as it was sent when it is undefined. */
      body?: AsyncIterable<Uint8Array>
    }

/** A request before anything decides which service it is for. */
interface Unplaced {
  headers: Headers
  /** Path and query as they were sent, without the part that names a world. */
  target: string
}

/** A request that a service recognises as its own, with the access key that it names. */
export interface Recognised {
  accessKey: string | undefined
}

/** The operation that a path leads to, the methods that it takes instead, or nothing. */
type Found = { operation: Operation; params: Record<string, string> } | { allow: string } | undefined

/** Everything about a service but its handlers. */
export interface ServiceFacts {
  /** A short name for journals, rules and policies, e.g. `ims`. */
  readonly id: string
  /** Further names by which rules may speak of it. */
  readonly aliases: readonly string[]
  /**
   * The names before the region in the addresses of the cloud, e.g. `ims` in `ims.cn-north-4.myhuaweicloud.com`, and in
   * `/s/{name}/…`; undefined for a service that every address leads to.
   */
  readonly hosts: readonly string[] | undefined
  /** For the documentation: its name, and what it is for in one sentence. */
  readonly title: string
  readonly description: string
  readonly catalogue: readonly CatalogueEntry[]
  /** Undefined for services that refuse with a status and a sentence. */
  readonly errors?: ErrorFamily | undefined
  readonly refusals: Refusals
  /** How its refusals look in the OpenAPI document. */
  readonly refusalSchema: RefusalDescription
  /** Whether a null in a JSON body means that the field was not sent. */
  readonly dropsNulls: boolean
  readonly callers: Callers
  readonly resourceKinds: readonly ResourceKind[]
  readonly jobKinds: readonly JobKind[]
  readonly treatment: Treatment
  /**
   * Returns true for a request of this service when another service declares the same path and method, e.g. because the path names
   * a job of this service. When every service returns false, the first one in the list gets the request.
   */
  owns?(world: World, params: Readonly<Record<string, string>>): boolean
  /** Recognises its requests by more than their path; they go to `enter`, and no declared path is looked at. */
  recognise?(request: Unplaced): Recognised | undefined
  /** Routes and authenticates requests by rules of its own; without it the declared paths decide. */
  enter?(visit: Visit): Promise<Entry>
  /** Learns of every answered call that leaves a trace, of whichever service. */
  audit?(world: World, call: AuditedCall): void
  /** Routes as `enter` does, for the explanation of rights. */
  find?(method: string, target: string): Found
}

/**
 * One API of the emulated cloud as a value. `services/index.ts` lists them; nothing else in the program names one, so a new
 * service is a folder and a line there.
 */
export interface Service<C extends Call = Call, Fixtures = FixtureSections> extends ServiceFacts {
  readonly operations: readonly Operation<C>[]
  /** The sections of fixture files that describe its things. */
  readonly fixtures: Fixtures
}

/**
 * The documents of the cloud say nothing of JSON bodies but that signed ones have up to 12 MB; no documented request needs so much. A
 * recorded Glance parses 2,000,000 bytes before it answers. The number of values bounds the work.
 */
export const CLOUD_JSON: JsonLimits = { bytes: 2 ** 22, values: 30_000 }

/** How requests of the emulated cloud are treated, unless a service says otherwise. */
export const CLOUD_TREATMENT: Treatment = {
  requestId: (world) => world.nextRequestId(),
  requestIdHeaders: (requestId) => ({ 'X-Request-Id': requestId }),
  simulated: true,
  journal: 'all',
  headAsGet: false,
  checksRights: true,
  json: CLOUD_JSON,
}

export interface ServiceSpec<C extends Call>
  extends Partial<
    Pick<
      Service<C>,
      | 'aliases'
      | 'hosts'
      | 'catalogue'
      | 'dropsNulls'
      | 'resourceKinds'
      | 'jobKinds'
      | 'owns'
      | 'recognise'
      | 'enter'
      | 'find'
    >
  > {
  id: string
  title: string
  description: string
  errors?: ErrorFamily
  refusals: RefusalsSpec
  refusalSchema: RefusalDescription
  callers?: Partial<Callers>
  operations: readonly Operation<C>[]
  audit?: NonNullable<ServiceFacts['audit']>
  treatment?: Partial<Treatment>
}

/**
 * Defines a service. What it does not say is as for every service behind the gateway.
 * @example
 * export const eps = defineService({ id: 'eps', title: 'Enterprise projects', errors: epsErrors, operations, … })
 */
export function defineService<C extends Call, Fixtures extends FixtureSections>(
  spec: ServiceSpec<C> & { fixtures: Fixtures },
): Service<C, Fixtures>
export function defineService<C extends Call>(spec: ServiceSpec<C>): Service<C, NoFixtures>
export function defineService<C extends Call>(
  spec: ServiceSpec<C> & { fixtures?: FixtureSections },
): Service<C> {
  return {
    aliases: [],
    hosts: [spec.id],
    catalogue: [],
    dropsNulls: false,
    resourceKinds: [],
    jobKinds: [],
    fixtures: {},
    ...spec,
    refusals: { ...GATEWAY_REFUSALS, ...spec.refusals },
    callers: { authenticated: true, ...spec.callers },
    treatment: { ...CLOUD_TREATMENT, ...spec.treatment },
  }
}

type NoFixtures = Readonly<Record<never, never>>

/**
 * Defines a service whose things the other services look at, and none of whose operations is emulated yet. Fixtures make
 * its things; documentation, catalogue and rules do not name it.
 * @example export const kms = defineNeighbour({ id: 'kms', title: 'Key Management Service', description: '…', fixtures })
 */
export function defineNeighbour<Fixtures extends FixtureSections>(
  spec: Pick<ServiceFacts, 'id' | 'title' | 'description'> & { fixtures: Fixtures },
): Service<Call, Fixtures> {
  const refusal = () => gatewayError('APIGW.0101')
  return defineService({
    ...spec,
    refusals: { invalid: refusal, denied: refusal, missingBody: refusal, malformedBody: refusal },
    refusalSchema: refusalDescription('GatewayRefusal', jsonRefusals()),
    operations: [],
  })
}

/** Every name by which rules may speak of a service. */
export function namesOf({ id, aliases }: Pick<Service, 'id' | 'aliases'>): readonly string[] {
  return [id, ...aliases]
}

/** The methods in the order in which a client is told those that a path takes. */
export const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
