/**
 * The code of an error of Node or SQLite; undefined for every other thing that was thrown.
 *
 * @example codeOf(error) // 'ENOENT'
 */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** The end of a request whose answer nobody waits for any more, because the server stops. */
export class CutOff extends Error {
  constructor() {
    super('the server stops')
    this.name = 'CutOff'
  }
}

/** The codes of Node's errors for a connection that ended in the middle of a body. */
const BROKEN_CONNECTION: ReadonlySet<unknown> = new Set([
  'ABORT_ERR',
  'ECONNRESET',
  'ERR_STREAM_PREMATURE_CLOSE',
])

/** Tests that a request ended because its client closed the connection or the server stops, not because of a fault. */
export function isCutOff(error: unknown): boolean {
  if (error instanceof CutOff) return true
  return BROKEN_CONNECTION.has(codeOf(error))
}

/**
 * Codes of Node and SQLite for a write that a full disk or a quota prevented. SQLite reports its shared-memory file, which it
 * makes before it reads, with a code of its own.
 * @see https://www.sqlite.org/rescode.html
 */
const CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE'])

/** Tests that an error, or one that caused it, comes from a full disk. */
export function isNoRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return CODES.has(codeOf(error)) || isNoRoom(error.cause)
}

/**
 * Carries out a write that a later one makes up for; returns false when the disk is full.
 * @throws every other error of the write.
 */
export function wroteIfRoom(write: () => void): boolean {
  try {
    write()
    return true
  } catch (error) {
    if (isNoRoom(error)) return false
    throw error
  }
}
