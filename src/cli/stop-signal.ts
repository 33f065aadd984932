/** Resolves with the first request to stop; a second one ends the process at once, for somebody in a hurry. */
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
