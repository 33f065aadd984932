/** What somebody wants to do, to what, and in which circumstances. */
export interface AccessRequest {
  /** e.g. `ims:images:get` */
  action: string
  /** URN, e.g. `ims:cn-north-4:<domain id>:image:<image id>`; undefined for calls on no resource in particular */
  resource: string | undefined
  /**
   * Condition keys (`g:UserName`, `g:CurrentTime` (ISO), `g:SourceIp`, `g:EnterpriseProjectId`, `g:ResourceTag/env` …),
   * whose letter case does not count; a key that is absent is absent. `g:ServiceName` alone follows from the action
   * when it is not given.
   */
  context: Readonly<Record<string, string | readonly string[]>>
}

/** A request as the statements look at it: in small letters where case does not count, each part prepared once. */
export interface RequestFacts {
  request: AccessRequest
  action: string
  resource: string | undefined
  /** The values of a condition key, given as written and in small letters; none when the request has no such key. */
  valuesOf(key: string, lowerKey: string): readonly string[]
}

const NONE: readonly string[] = []

export function factsOf(request: AccessRequest): RequestFacts {
  const action = request.action.toLowerCase()
  // Asked for at the first condition: most policies have none, and what it is made of may have to be looked up.
  let asked: AccessRequest['context'] | undefined
  let byLowerKey: Map<string, string | readonly string[]> | undefined
  return {
    request,
    action,
    resource: request.resource?.toLowerCase(),
    valuesOf(key, lowerKey) {
      asked ??= request.context
      const context = asked
      let found: string | readonly string[] | undefined
      if (Object.hasOwn(context, key)) {
        found = context[key]
      } else {
        // Built at the first key that is written in another case; most policies have no condition at all.
        byLowerKey ??= new Map(Object.entries(context).map(([name, value]) => [name.toLowerCase(), value]))
        found = byLowerKey.get(lowerKey)
      }
      if (found === undefined && lowerKey === 'g:servicename') found = action.split(':', 1)
      if (found === undefined) return NONE
      return typeof found === 'string' ? [found] : found
    },
  }
}
