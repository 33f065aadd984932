import type { CodedRefusal, CodedRefusalParts, ErrorEntry } from '../lib/errors.ts'
import type { JobKind } from './job-kinds.ts'
import type { TraceName } from './trace-name.ts'
import type { World } from './world.ts'

/** A resource as policies, rules and the explanation of rights see it. */
export interface Resource {
  id: string
  status: string
  name: string | null
  /** For kinds that can be shared; empty for all others. */
  visibility: string
  tags: readonly { key: string; value: string }[]
  /** Undefined for a resource that was put into none: it counts for the default one. */
  enterpriseProject: string | undefined
}

/** A kind of thing that requests are about: how a request names one, how it is found, and what it is in a URN. */
export interface ResourceKind {
  /** The service and the type in a URN: `ims` and `image` in `ims:{region}:{domain}:image:{id}`. */
  service: string
  type: string
  /** The path parameter that names one, e.g. `image_id`. */
  param: string
  /** Body fields that name one resource, and body fields that list several. */
  fields: { one: readonly string[]; many: readonly string[] }
  find(world: World, id: string): Resource | undefined
  /** Applies events of the scenario's state machine at a virtual instant (ms); absent for kinds without a machine. */
  move?(world: World, id: string, events: readonly string[], at: number): void
}

/** The resources of one kind that a request names. */
export interface NamedResources {
  kind: ResourceKind
  ids: readonly string[]
}

/** The parts of a request in which it can name resources. */
export interface NamingRequest {
  params: Readonly<Record<string, string>>
  /** Parsed JSON; undefined when there is none. */
  body?: unknown
}

/** The resources that a request names: in its path, or else in the fields of its body. */
export function namedResources(
  kinds: readonly ResourceKind[],
  { params, body }: NamingRequest,
): NamedResources | undefined {
  for (const kind of kinds) {
    const id = params[kind.param]
    if (id !== undefined) return { kind, ids: [id] }
  }
  if (typeof body !== 'object' || body === null) return undefined
  const fields = new Map<string, unknown>(Object.entries(body))
  for (const kind of kinds) {
    const ids = namedInBody(kind, fields)
    if (ids !== undefined) return { kind, ids }
  }
  return undefined
}

function namedInBody({ fields: { one, many } }: ResourceKind, body: ReadonlyMap<string, unknown>) {
  for (const field of one) {
    const id = body.get(field)
    if (typeof id === 'string') return [id]
  }
  for (const field of many) {
    const ids = body.get(field)
    if (Array.isArray(ids)) return ids.filter((id): id is string => typeof id === 'string')
  }
  return undefined
}

/** The error codes of all services and of the gateway, by code. */
export interface ErrorCatalogue extends ReadonlyMap<string, ErrorEntry> {
  /** Makes the refusal of a code in the form of its own service; undefined for a code that no service has. */
  refusal(code: string, parts?: CodedRefusalParts): CodedRefusal | undefined
}

/** A service as the identity service's catalogue lists it. */
export interface CatalogueEntry {
  /** The name by which clients look it up, e.g. `image`. */
  type: string
  name: string
  description: string
  /** The path of its endpoint, behind the address of this server; `{project_id}` stands for the project of a token. */
  path: string
  /** The service's name before the region in the addresses of the cloud; that of the service that lists it by default. */
  host?: string | undefined
  /** Listed only in worlds whose scenario has this cloud. */
  cloud?: 'otc'
  /** `everywhere`: one endpoint for all regions; `region`: one in each region; `both`: clients look in either place. */
  reach: 'everywhere' | 'region' | 'both'
  /** The interfaces under which clients find it; the public one alone when it is left out. All have the same address. */
  interfaces?: readonly EndpointInterface[]
}

/** Whom an endpoint of a catalogue is for. */
export type EndpointInterface = 'public' | 'internal' | 'admin'

/** The parts of an emulated cloud's services that the simulation, the accounts and the pipeline use. */
export interface Cloud {
  readonly errors: ErrorCatalogue
  readonly catalogue: readonly CatalogueEntry[]
  readonly resourceKinds: readonly ResourceKind[]
  /** By the type of job. */
  readonly jobKinds: ReadonlyMap<string, JobKind>
  /** What calls leave in the audit, in the order of the operations. */
  readonly traces: readonly TraceName[]
}
