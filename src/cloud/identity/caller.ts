import { createHash } from 'node:crypto'
import type { World } from '../../engine/world.ts'
import { CloudError } from '../../kernel/errors.ts'
import { findIdentity, firstIdentity, type Identity } from '../../store/identity.ts'

/** Who calls, and for which project. */
export interface Caller {
  userId: string
  userName: string
  projectId: string
  projectName: string
  region: string
  domainId: string
  domainName: string
  roles: readonly string[]
  /** False when the credential was unknown and stands for the demo user. */
  known: boolean
}

function toCaller({ user, project }: Identity, known: boolean): Caller {
  return {
    userId: user.id,
    userName: user.name,
    projectId: project.id,
    projectName: project.name,
    region: project.region,
    domainId: project.domainId,
    domainName: project.domainName,
    roles: user.roles,
    known,
  }
}

/** Tokens are kept as their SHA-256, so that a copy of the database gives none away. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** What a request showed of itself: a token, or the access key of its signature. */
export type Credential = { token: string } | { accessKey: string }

/**
 * Finds the caller behind a credential. Authentication is lenient: an unknown token or access key stands for the demo
 * user, so that whatever somebody pastes works; showing nothing at all is refused as the gateway does (401).
 */
export function authenticate(world: World, credential: Credential | undefined): Caller {
  if (credential === undefined) throw new CloudError('APIGW.0301')
  const identity =
    'token' in credential
      ? findIdentity(world.db, 'token', hashToken(credential.token))
      : findIdentity(world.db, 'access_key', credential.accessKey)
  if (identity !== undefined) return toCaller(identity, true)
  return demoCaller(world)
}

/** The caller with a token that is known; undefined for any other. */
export function callerWithToken(world: World, token: string): Caller | undefined {
  const identity = findIdentity(world.db, 'token', hashToken(token))
  return identity && toCaller(identity, true)
}

/** The demo user of a world: its first user. */
export function demoCaller(world: World): Caller {
  const demo = firstIdentity(world.db)
  if (demo === undefined) throw new CloudError('APIGW.0301')
  return toCaller(demo, false)
}

/**
 * The project in a path must be the caller's (IMG.0030). An unknown credential stands for the demo user whatever project
 * it names, so nothing is compared for it.
 */
export function checkProject(caller: Caller, projectId: string): void {
  if (caller.known && caller.projectId !== projectId) throw new CloudError('IMG.0030', { projectId })
}
