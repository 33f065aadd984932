import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

function keyOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/**
 * Closes a text so that it cannot be read where it is kept. `nonce` are at least 24 hex digits, never used twice with the
 * same secret.
 */
export function seal(text: string, secret: string, nonce: string): string {
  const iv = Buffer.from(nonce, 'hex').subarray(0, NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, keyOf(secret), iv)
  const closed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), closed]).toString('base64')
}

/** Opens what was sealed. @throws Error when it was sealed with another secret, or changed since. */
export function unseal(sealed: string, secret: string): string {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv(ALGORITHM, keyOf(secret), bytes.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const opened = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]
  return Buffer.concat(opened).toString('utf8')
}
