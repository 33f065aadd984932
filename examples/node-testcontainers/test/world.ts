/** An isolated cloud in the emulator: the endpoint for the code under test, and methods for tests. */
export interface World {
  url: string
  projectId: string
  token: string
  /** Advances the clock by `90s`, `3m` … */
  advance(by: string): Promise<void>
  /** Adds a rule in the form of a scenario's rules. */
  addRule(rule: { name: string; when: object; then: object }): Promise<void>
  /** Fails unless `count` requests match the filter. */
  expectRequests(filter: { operation?: string; rule?: string }, count: number): Promise<void>
  /** Calls the cloud itself. */
  get(path: string): Promise<unknown>
  delete(): Promise<void>
}

/** Creates a world whose clock stands still until it is advanced. */
export async function makeWorld(emulator: string): Promise<World> {
  const made = await send('POST', `${emulator}/_ims/worlds`, { clock: { rate: 0 } })
  const home = `${emulator}/_ims/worlds/${made.name}`
  return {
    url: made.endpoint,
    projectId: made.project_id,
    token: made.token,
    async advance(by) {
      await send('POST', `${home}/clock/advance`, { by })
    },
    async addRule(rule) {
      await send('POST', `${home}/rules`, rule)
    },
    async expectRequests(requests, exactly) {
      const { verified, failures } = await send('POST', `${home}/journal/verify`, { requests, exactly })
      if (!verified) throw new Error(failures.join('; '))
    },
    get: (path) => send('GET', made.endpoint + path, undefined, { 'X-Auth-Token': made.token }),
    async delete() {
      await send('DELETE', home)
    },
  }
}

async function send(method: string, url: string, body?: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...headers, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}
