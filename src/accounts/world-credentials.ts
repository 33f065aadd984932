import { accessKeyId, secretText } from '../lib/ids.ts'
import { drawBytes } from '../lib/random.ts'
import type { World } from '../simulation/world.ts'
import { findIdentity, firstUser, insertCredential } from './queries/identity.ts'
import { sealSecretKey } from './secret-keys.ts'
import { hashToken } from './tokens.ts'

/** Characters of a secret key, and of a token that somebody may want to paste. */
const SECRET_LENGTH = 40

/**
 * What the demo user of a world shows there and nowhere else, so that a client which cannot be given a path is told apart
 * by it. The same for a world of the same name and seed.
 */
export function worldCredentials({ name, scenario: { seed } }: World) {
  const draw = (purpose: string) => drawBytes(seed, `${purpose} of world ${name}`, 1)
  return {
    accessKey: accessKeyId(draw('access key')),
    secretKey: secretText(draw('secret key'), SECRET_LENGTH),
    token: secretText(draw('token'), SECRET_LENGTH),
  }
}

/** Lets the demo user of a world in with its own credentials. A world without users has none. */
export function addWorldCredentials(world: World): void {
  const user = firstUser(world.db)?.user
  const { accessKey, secretKey, token } = worldCredentials(world)
  if (user === undefined || findIdentity(world.db, 'access_key', accessKey) !== undefined) return
  const { id: userId, projectId } = user
  const issuedAt = world.clock.now()
  const secret = sealSecretKey(world, secretKey)
  insertCredential(world.db, { id: accessKey, kind: 'access_key', userId, secret, issuedAt })
  insertCredential(world.db, {
    id: hashToken(token),
    kind: 'token',
    userId,
    projectId,
    issuedAt,
    method: 'token',
  })
}
