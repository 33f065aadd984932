import { addWorldCredentials, credentialsOfUsers } from '../accounts/credentials.ts'
import {
  type CredentialName,
  findIdentity,
  firstUser,
  listCredentials,
  observeCredentials,
} from '../accounts/queries/identity.ts'
import { hashToken } from '../accounts/tokens.ts'
import { ifReadable } from '../database/open.ts'
import type { OpenWorld } from './open-world.ts'
import { DEFAULT_WORLD } from './world-name.ts'

/**
 * Index from the credentials of all worlds but the default one: it finds the world of a request with the same few lookups for
 * any number of worlds.
 */
export interface CredentialIndex {
  /**
   * Gives the users of a world credentials of their own, adds all credentials of the world, in place of those of an earlier world of
   * its name, and follows their changes. The default world has those of its fixtures.
   */
  add(world: OpenWorld): void
  remove(world: OpenWorld): void
  /**
   * Finds the world that a credential names: the one that made it for one of its users, or else the only one that knows it. The
   * `id` is an access key, or the hash of a token.
   */
  ownerOf(credential: CredentialName): OpenWorld | undefined
  /**
   * Lists the worlds that know a credential which names none of them, because several know it. The default world's own demo user
   * is not confused with those of other worlds: its credentials name the default world, and the list is empty.
   */
  rivalsFor(credential: CredentialName): readonly OpenWorld[]
}

/** @param home returns the default world: a credential that it knows names no other world. */
export function openCredentialIndex(home: () => OpenWorld): CredentialIndex {
  /** By the name of the world. */
  const indexed = new Map<string, { world: OpenWorld; own: readonly string[]; known: Set<string> }>()
  const makers = new Map<string, OpenWorld>()
  const knowing = new Map<string, Set<OpenWorld>>()

  function include(key: string, world: OpenWorld): void {
    const worlds = knowing.get(key)
    if (worlds === undefined) knowing.set(key, new Set([world]))
    else worlds.add(world)
    indexed.get(world.name)?.known.add(key)
  }

  function exclude(key: string, world: OpenWorld): void {
    const worlds = knowing.get(key)
    worlds?.delete(world)
    if (worlds?.size === 0) knowing.delete(key)
    indexed.get(world.name)?.known.delete(key)
  }

  function remove({ name }: OpenWorld): void {
    const before = indexed.get(name)
    if (before === undefined) return
    for (const key of before.own) makers.delete(key)
    for (const key of before.known) exclude(key, before.world)
    indexed.delete(name)
  }

  return {
    add(world) {
      if (world.name === DEFAULT_WORLD) return
      addWorldCredentials(world)
      remove(world)
      const own = credentialsOfUsers(world).flatMap(({ accessKey, token }) => [
        keyOf({ kind: 'access_key', id: accessKey }),
        keyOf({ kind: 'token', id: hashToken(token) }),
      ])
      const entry = { world, own, known: new Set<string>() }
      indexed.set(world.name, entry)
      for (const key of own) makers.set(key, world)
      for (const credential of listCredentials(world.db)) include(keyOf(credential), world)
      observeCredentials(world.db, (credential, change) => {
        if (indexed.get(world.name) !== entry) return
        if (change === 'issued') include(keyOf(credential), world)
        else exclude(keyOf(credential), world)
      })
    },
    remove,
    ownerOf(credential) {
      const key = keyOf(credential)
      const maker = makers.get(key)
      if (maker !== undefined) return maker
      const worlds = knowing.get(key)
      if (worlds === undefined || knows(home(), credential)) return undefined
      let found: OpenWorld | undefined
      for (const world of worlds) {
        const isKnown = ifReadable(() => knows(world, credential))
        // The owner of a credential can disappear without it.
        if (isKnown === false) exclude(key, world)
        if (isKnown !== true) continue
        if (found !== undefined) return undefined
        found = world
      }
      return found
    },
    rivalsFor(credential) {
      const key = keyOf(credential)
      const worlds = knowing.get(key)
      if (worlds === undefined || makers.has(key)) return []
      const user = findIdentity(home().db, credential.kind, credential.id)?.user.id
      if (user !== undefined && user === firstUser(home().db)?.user.id) return []
      const others = [...worlds].filter((world) => ifReadable(() => knows(world, credential)) === true)
      const rivals = user === undefined ? others : [home(), ...others]
      return rivals.length > 1 ? rivals : []
    },
  }
}

function keyOf({ kind, id }: CredentialName): string {
  return `${kind} ${id}`
}

function knows({ db }: OpenWorld, { kind, id }: CredentialName): boolean {
  return findIdentity(db, kind, id) !== undefined
}
