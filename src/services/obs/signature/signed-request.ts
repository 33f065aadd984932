import type { Dialect } from '../wire/dialect.ts'
import type { Parameter } from '../wire/query.ts'

/** The parts of a request that signatures cover. */
export interface SignedRequest {
  method: string
  /** As it was sent, without the query. */
  path: string
  /** As it was sent, without the question mark. */
  query: string
  parameters: readonly Parameter[]
  headers: Headers
  /** The bucket that the name of the host has. */
  hostBucket: string | undefined
}

/** What a signature of the second version says. */
export interface SecondVersion {
  version: 2
  dialect: Dialect
  accessKey: string
  signature: string
  /** The end of a link in Unix seconds, as it was sent; undefined for a signature in the header. */
  expires: string | undefined
  securityToken: string | undefined
}

/** What a signature of the fourth version says. */
export interface FourthVersion {
  version: 4
  dialect: 's3'
  accessKey: string
  signature: string
  /** `20261127/cn-north-4/s3/aws4_request` */
  scope: string
  signedHeaders: readonly string[]
  /** `20261127T101112Z`; empty when no header says it. */
  date: string
  /** How many seconds a link is good for; undefined for a signature in the header. */
  lifetime: string | undefined
  securityToken: string | undefined
}

export type Credential = SecondVersion | FourthVersion
