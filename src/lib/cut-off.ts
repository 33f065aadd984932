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
  return error instanceof Error && 'code' in error && BROKEN_CONNECTION.has(error.code)
}
