/** The two forms of the API: OBS's own, and that of S3. They differ in headers, names of classes, and some XML. */
export type Dialect = 'obs' | 's3'

/** The beginning of the headers of a dialect. */
export const PREFIX: Readonly<Record<Dialect, string>> = { obs: 'x-obs-', s3: 'x-amz-' }

/**
 * Reads a header of a dialect by its name without prefix. Those of the other dialect are not read: a signature does not
 * cover them.
 * @example dialectHeader(headers, 's3', 'copy-source') // the value of x-amz-copy-source
 */
export function dialectHeader(headers: Headers, dialect: Dialect, name: string): string | undefined {
  return headers.get(PREFIX[dialect] + name) ?? undefined
}

/** Names of storage classes in the S3 dialect, where they differ. */
const S3_CLASSES: readonly (readonly [string, string])[] = [
  ['WARM', 'STANDARD_IA'],
  ['COLD', 'GLACIER'],
]
const CLASSES: ReadonlySet<string> = new Set([
  'STANDARD',
  'WARM',
  'COLD',
  'DEEP_ARCHIVE',
  'INTELLIGENT_TIERING',
])

/** Renders a storage class in a dialect. */
export function classOnWire(dialect: Dialect, storageClass: string): string {
  if (dialect === 'obs') return storageClass
  return S3_CLASSES.find(([ours]) => ours === storageClass)?.[1] ?? storageClass
}

/** Parses the name of a storage class in either dialect; undefined for an unknown one. */
export function parseClass(name: string): string | undefined {
  const ours = S3_CLASSES.find(([, theirs]) => theirs === name)?.[0] ?? name
  return CLASSES.has(ours) ? ours : undefined
}
