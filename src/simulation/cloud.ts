import type { CodedRefusal, CodedRefusalParts, ErrorEntry } from '../lib/errors.ts'
import type { JobKind } from './job-kinds.ts'
import type { ResourceKind } from './resource-kinds.ts'

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
  /** The path of its endpoint, behind the address of this server. */
  path: string
  /** `everywhere`: one endpoint for all regions; `region`: one in each region; `both`: clients look in either place. */
  reach: 'everywhere' | 'region' | 'both'
}

/** The parts of an emulated cloud's services that the simulation, the accounts and the pipeline use. */
export interface Cloud {
  readonly errors: ErrorCatalogue
  readonly catalogue: readonly CatalogueEntry[]
  readonly resourceKinds: readonly ResourceKind[]
  /** By the type of job. */
  readonly jobKinds: ReadonlyMap<string, JobKind>
}
