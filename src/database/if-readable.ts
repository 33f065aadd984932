/**
 * What a database says, or undefined when it cannot be read: one that is broken is the trouble of its own world, and of
 * nobody who looks at all of them.
 */
export function ifReadable<Found>(read: () => Found): Found | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
