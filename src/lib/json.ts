/** What a text says as JSON; undefined when it is none. JSON itself never says undefined. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
