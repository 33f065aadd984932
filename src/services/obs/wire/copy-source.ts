import { decodeQuery } from './bytes-as-text.ts'

/** The object that a copy is made of. */
export interface CopySource {
  bucket: string
  key: string
  versionId: string | undefined
}

/**
 * Reads the header `copy-source`, which every client encodes in a way of its own: with or without a slash at the beginning, the
 * slashes of the key as `%2F` or not, a blank as `+` or `%20`. A `+` beside a `%20` is a plus, as MinIO's client writes it.
 * @returns undefined for a text that names no object.
 * @example parseCopySource('/images/a%20b.qcow2') // { bucket: 'images', key: 'a b.qcow2', versionId: undefined }
 */
export function parseCopySource(header: string): CopySource | undefined {
  const [, path = '', versionId] = /^(.*?)(?:\?versionId=([^&?]*))?$/s.exec(header) ?? []
  const encoded = path.includes('%20') ? path.replaceAll('+', '%2B') : path
  const decoded = decodeQuery(encoded)?.replace(/^\//, '')
  const slash = decoded?.indexOf('/') ?? -1
  if (decoded === undefined || slash < 1 || slash === decoded.length - 1) return undefined
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1), versionId }
}
