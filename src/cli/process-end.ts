/**
 * Resolves on the first SIGINT or SIGTERM, so that a command can finish cleanly. A second signal ends the process at once with
 * exit code 130.
 */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        for (const again of ['SIGINT', 'SIGTERM'] as const) process.once(again, () => process.exit(130))
        resolve()
      })
    }
  })
}

/**
 * Ends the process with 0 when the reader of standard output closes the pipe, as `head` does. Every other error is thrown. It
 * stays in force until the process ends: the error comes after the command that has written.
 */
export function exitOnClosedPipe(): void {
  process.stdout.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
