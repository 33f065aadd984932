import { hashToken } from '../accounts/tokens.ts'
import { worldCredentials } from '../accounts/world-credentials.ts'
import type { OpenWorld } from './open-world.ts'

/** Whose own credentials are whose, so that the world of a request is found however many there are. */
export interface WorldOwners {
  add(world: OpenWorld): void
  remove(world: OpenWorld): void
  /** The name of the world that an access key or the hash of a token was made for. */
  ownerOf(credential: string): string | undefined
}

export function openWorldOwners(): WorldOwners {
  const owners = new Map<string, string>()

  function ownOf(world: OpenWorld): string[] {
    const { accessKey, token } = worldCredentials(world)
    return [accessKey, hashToken(token)]
  }

  return {
    add(world) {
      for (const credential of ownOf(world)) owners.set(credential, world.name)
    },
    remove(world) {
      for (const credential of ownOf(world)) owners.delete(credential)
    },
    ownerOf: (credential) => owners.get(credential),
  }
}
