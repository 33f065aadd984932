/** Lets real time pass. Only what happens on the wire waits: the latency of a rule, and a slow body. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
