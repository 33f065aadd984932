import { httpDate } from '../signature/parse.ts'

/** What conditions compare with. */
export interface Version {
  /** Without quotes; undefined when it is not known. */
  etag: string | undefined
  /** ms since the epoch. */
  modifiedAt: number
}

/** The headers of conditions; those of a copy begin with `x-obs-copy-source-`. */
export interface Conditions {
  ifMatch: string | undefined
  ifNoneMatch: string | undefined
  ifModifiedSince: string | undefined
  ifUnmodifiedSince: string | undefined
}

/** Reads conditions by a function that finds a header. */
export function readConditions(header: (name: string) => string | null | undefined): Conditions {
  return {
    ifMatch: header('if-match') ?? undefined,
    ifNoneMatch: header('if-none-match') ?? undefined,
    ifModifiedSince: header('if-modified-since') ?? undefined,
    ifUnmodifiedSince: header('if-unmodified-since') ?? undefined,
  }
}

/**
 * Compares conditions with an object. `failed` is answered 412, `not modified` is 304 for a read. A date that cannot be read
 * is ignored.
 * @see RFC 9110, section 13.2.2
 */
export function checkConditions(
  conditions: Conditions,
  { etag, modifiedAt }: Version,
): 'failed' | 'not modified' | undefined {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions
  if (ifMatch !== undefined) {
    if (!names(ifMatch, etag)) return 'failed'
  } else {
    const since = httpDate(ifUnmodifiedSince ?? '')
    if (since !== undefined && seconds(modifiedAt) > since) return 'failed'
  }
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, etag) ? 'not modified' : undefined
  const since = httpDate(ifModifiedSince ?? '')
  return since !== undefined && seconds(modifiedAt) <= since ? 'not modified' : undefined
}

/** Dates of HTTP have no fraction. */
function seconds(ms: number): number {
  return ms - (ms % 1000)
}

/** True when a list of ETags, with or without quotes, names one. */
function names(list: string, etag: string | undefined): boolean {
  if (etag === undefined) return false
  return list.split(',').some((text) => {
    const named = unquoted(text)
    return named === '*' || named === etag
  })
}

/** An ETag without the quotes that only some clients send, also as `&quot;`, and without the mark of a weak one. */
export function unquoted(etag: string): string {
  return etag
    .trim()
    .replace(/^W\//, '')
    .replace(/^(?:"|&quot;)(.*?)(?:"|&quot;)$/, '$1')
}
