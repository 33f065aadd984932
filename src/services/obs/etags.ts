import { hash } from 'node:crypto'
import type { StoredObject } from './objects.ts'

/**
 * The ETag of an object, without quotes. A file of `--buckets` was never hashed: its ETag is made of its size and its time, with an
 * end that tells clients that it is no MD5.
 */
export function etagOf({ etag, size, modifiedAt }: StoredObject): string {
  return etag ?? `${hash('md5', `${size} ${modifiedAt}`)}-1`
}

/** The ETag of an object that was put in parts: the MD5 of their MD5s, and their number. */
export function etagOfParts(etags: readonly string[]): string {
  const whole = Buffer.concat(etags.map((etag) => Buffer.from(etag.slice(0, 32), 'hex')))
  return `${hash('md5', whole)}-${etags.length}`
}
