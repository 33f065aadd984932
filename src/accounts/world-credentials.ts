import { accessKeyId, drawBytes, secretText } from '../lib/ids.ts'
import type { World } from '../simulation/world.ts'
import { findIdentity, firstUser, insertCredential } from './queries/identity.ts'
import { sealSecretKey } from './secrets.ts'
import { hashToken } from './tokens.ts'

/** Characters of a secret key and of a token. The token is shorter than those issued, so that it is easy to paste. */
const SECRET_LENGTH = 40

/**
 * Returns the credentials of the demo user that are unique to a world. They identify the world of a request from a client
 * that cannot be given a base path. They depend on the name and the seed of the world alone.
 */
export function worldCredentials({ name, scenario: { seed } }: World) {
  const draw = (purpose: string) => drawBytes(seed, `${purpose} of world ${name}`, 1)
  return {
    accessKey: accessKeyId(draw('access key')),
    secretKey: secretText(draw('secret key'), SECRET_LENGTH),
    token: secretText(draw('token'), SECRET_LENGTH),
  }
}

/** Stores the credentials of {@link worldCredentials} for the demo user; does nothing when they exist or there is no user. */
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
