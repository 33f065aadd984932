import { createCipheriv, createDecipheriv, createHash, scryptSync, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { shown } from '../database/foreign-schema.ts'
import type { Db } from '../database/open.ts'
import { readSetting, setting, writeSetting } from '../database/settings.ts'
import { SetupError } from '../lib/errors.ts'
import { accessKeyId, drawBytes, secretText } from '../lib/ids.ts'
import type { Chance } from '../simulation/chance.ts'
import type { World } from '../simulation/world.ts'
import { findIdentity, insertCredential, listSealedSecrets, listUsers } from './queries/identity.ts'
import type { UserRow } from './tables.ts'
import { hashToken } from './tokens.ts'

/** A low scrypt cost: all passwords are of test users, and the emulator hashes each of them when it starts. */
const COST = { N: 256 }
const HASH_BYTES = 32

/** Hashes a password with scrypt and a drawn salt into `salt:hash`, both in hex. */
export function hashPassword(chance: Chance, password: string): string {
  const salt = chance.hexId('password-salt')
  return `${salt}:${scryptSync(password, salt, HASH_BYTES, COST).toString('hex')}`
}

/** Compares a password with a hash made by {@link hashPassword}, in constant time. */
export function matchesPassword(storedHash: string, password: string): boolean {
  const [salt = '', hash = ''] = storedHash.split(':')
  return timingSafeEqual(scryptSync(password, salt, HASH_BYTES, COST), Buffer.from(hash, 'hex'))
}

/** Name of the setting that holds the world's encryption secret, and of the draw that makes it. */
const SEAL = 'seal'
const SETTING = setting(SEAL, z.string())

/**
 * Encrypts a secret key for the database with a secret of the world. A hash would not do: checking a signature needs the
 * secret key itself. The encryption only keeps the key from being read or found in a copy of the database by accident,
 * because the world's secret is stored in the same database.
 */
export function sealSecretKey(world: World, secretKey: string): string {
  return encrypt(secretKey, encryptionSecret(world), world.chance.hexId('seal-nonce'))
}

/** Decrypts the result of {@link sealSecretKey}. @throws Error when it was encrypted in another world, or changed. */
export function openSecretKey(world: World, sealed: string): string {
  return decrypt(sealed, encryptionSecret(world))
}

/** @throws SetupError that names the first access key whose secret key cannot be decrypted. */
export function checkSecretKeys(db: Db): void {
  const seal = readSetting(db, SETTING) ?? ''
  for (const { id, secret } of listSealedSecrets(db)) {
    try {
      decrypt(secret, seal)
    } catch {
      throw new SetupError(
        `the secret key of the access key ${shown(id)} in its table credentials cannot be decrypted`,
      )
    }
  }
}

/** Reads the world's encryption secret; draws and stores it on first use. */
function encryptionSecret({ db, chance }: World): string {
  const stored = readSetting(db, SETTING)
  if (stored !== undefined) return stored
  const drawn = chance.hexId(SEAL)
  writeSetting(db, SETTING, drawn)
  return drawn
}

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

function keyOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Returns nonce, tag and ciphertext in base64. `nonce` has at least 24 hex digits and is never reused with a secret. */
function encrypt(text: string, secret: string, nonce: string): string {
  const iv = Buffer.from(nonce, 'hex').subarray(0, NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, keyOf(secret), iv)
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64')
}

function decrypt(encrypted: string, secret: string): string {
  const bytes = Buffer.from(encrypted, 'base64')
  const decipher = createDecipheriv(ALGORITHM, keyOf(secret), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const text = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]
  return Buffer.concat(text).toString('utf8')
}

/** Characters of a secret key and of a token. The token is shorter than those issued, so that it is easy to paste. */
const SECRET_LENGTH = 40

/** An access key with its secret key, and a token. */
export interface OwnCredentials {
  accessKey: string
  secretKey: string
  token: string
}

/**
 * Returns the credentials of the demo user that are unique to a world. They identify the world of a request from a client
 * that cannot be given a base path. They depend on the name and the seed of the world alone.
 */
export function worldCredentials(world: World): OwnCredentials {
  return drawCredentials(world, '')
}

function drawCredentials({ name, scenario: { seed } }: World, whose: string): OwnCredentials {
  const draw = (purpose: string) => drawBytes(seed, `${purpose}${whose} of world ${name}`, 1)
  return {
    accessKey: accessKeyId(draw('access key')),
    secretKey: secretText(draw('secret key'), SECRET_LENGTH),
    token: secretText(draw('token'), SECRET_LENGTH),
  }
}

/** A user of a world, with the credentials that the world alone knows. */
export interface UserWithCredentials extends OwnCredentials {
  user: UserRow
}

/** Returns the unique credentials of all users of a world; those of the first are {@link worldCredentials}. */
export function credentialsOfUsers(world: World): UserWithCredentials[] {
  return listUsers(world.db).map((user, index) => ({
    user,
    ...drawCredentials(world, index === 0 ? '' : ` of user ${user.id}`),
  }))
}

/** Stores the credentials of {@link credentialsOfUsers}, except those that exist. */
export function addWorldCredentials(world: World): void {
  const issuedAt = world.clock.now()
  world.db.transaction(() => {
    for (const { user, accessKey, secretKey, token } of credentialsOfUsers(world)) {
      if (findIdentity(world.db, 'access_key', accessKey) !== undefined) continue
      const { id: userId, projectId } = user
      const secret = sealSecretKey(world, secretKey)
      insertCredential(world.db, { id: accessKey, kind: 'access_key', userId, secret, issuedAt })
      insertCredential(world.db, {
        ...{ id: hashToken(token), kind: 'token', userId, projectId, issuedAt },
        method: 'token',
      })
    }
  })
}
