/** A request as policies see it: an action on a resource, and the values of the condition keys. */
export interface AccessRequest {
  /** e.g. `ims:images:get` */
  action: string
  /** URN, e.g. `ims:cn-north-4:<domain id>:image:<image id>`; undefined for calls that name no resource, such as lists */
  resource: string | undefined
  /**
   * Values of condition keys (`g:UserName`, `g:CurrentTime` (ISO), `g:SourceIp`, `g:EnterpriseProjectId`,
   * `g:ResourceTag/env` …); keys ignore case. A key that is not here has no value, except `g:ServiceName`, which defaults
   * to the service of the action.
   */
  context: Readonly<Record<string, string | readonly string[]>>
}

/** A request prepared for many statements: lower case where statements ignore case, condition keys looked up on demand. */
export interface RequestFacts {
  request: AccessRequest
  action: string
  resource: string | undefined
  /** Returns the values of a condition key, given as written and in lower case; none when the request lacks the key. */
  valuesOf(key: string, lowerKey: string): readonly string[]
}

const NONE: readonly string[] = []

/** Prepares a request once, for all statements that it is compared with. */
export function factsOf(request: AccessRequest): RequestFacts {
  const action = request.action.toLowerCase()
  // Read at the first condition: most policies have none, and the getter may query the database.
  let known: AccessRequest['context'] | undefined
  let byLowerKey: Map<string, string | readonly string[]> | undefined
  return {
    request,
    action,
    resource: request.resource?.toLowerCase(),
    valuesOf(key, lowerKey) {
      known ??= request.context
      const context = known
      let found: string | readonly string[] | undefined
      if (Object.hasOwn(context, key)) {
        found = context[key]
      } else {
        // Built at the first key in another case, which is rare.
        byLowerKey ??= new Map(Object.entries(context).map(([name, value]) => [name.toLowerCase(), value]))
        found = byLowerKey.get(lowerKey)
      }
      if (found === undefined && lowerKey === 'g:servicename') found = action.split(':', 1)
      if (found === undefined) return NONE
      return typeof found === 'string' ? [found] : found
    },
  }
}
