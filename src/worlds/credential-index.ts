import { hashToken } from '../accounts/tokens.ts'
import { worldCredentials } from '../accounts/world-credentials.ts'
import type { OpenWorld } from './open-world.ts'

/** Index from the credentials that are unique to a world to its name: finds a request's world in constant time. */
export function openCredentialIndex() {
  const owners = new Map<string, string>()

  function credentialsOf(world: OpenWorld): string[] {
    const { accessKey, token } = worldCredentials(world)
    return [accessKey, hashToken(token)]
  }

  return {
    add(world: OpenWorld) {
      for (const credential of credentialsOf(world)) owners.set(credential, world.name)
    },
    remove(world: OpenWorld) {
      for (const credential of credentialsOf(world)) owners.delete(credential)
    },
    ownerOf: (credential: string) => owners.get(credential),
  }
}
