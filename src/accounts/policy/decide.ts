import { type AccessRequest, factsOf, type RequestFacts } from './access-request.ts'
import { applies, type CompiledPolicy, type CompiledStatement, explainStatement } from './statements.ts'

export type { AccessRequest } from './access-request.ts'

/** The result of one statement for a request. */
export interface StatementFinding {
  policy: string
  /** Index of the statement in its policy, from 0. */
  index: number
  sid?: string
  effect: 'Allow' | 'Deny'
  applies: boolean
  /** Everything that matches, e.g. `action ims:images:get matches ims:images:*`, or the first part that does not. */
  why: string
}

/** The decision on a request; `by` is the deciding statement, absent when no statement applies. */
export type Decision = {
  allowed: boolean
  because: 'allowed' | 'denied' | 'not allowed'
  by?: StatementFinding
}

function findingOf(
  policy: CompiledPolicy,
  statement: CompiledStatement,
  facts: RequestFacts,
): StatementFinding {
  return {
    policy: policy.name,
    index: statement.index,
    ...(statement.sid === undefined ? {} : { sid: statement.sid }),
    effect: statement.effect,
    applies: applies(statement, facts),
    why: explainStatement(statement, facts),
  }
}

/**
 * Decides as IAM does: the first Deny that applies wins over every Allow, then the first Allow that applies, and without
 * either the request is not allowed. Only the deciding statement is described.
 *
 * @example
 * decide([compilePolicy('readers', document)], { action: 'ims:images:get', resource: undefined, context: {} })
 */
export function decide(policies: readonly CompiledPolicy[], request: AccessRequest): Decision {
  const facts = factsOf(request)
  let allowedBy: { policy: CompiledPolicy; statement: CompiledStatement } | undefined
  for (const policy of policies) {
    for (const statement of policy.statements) {
      if (statement.effect === 'Allow' && allowedBy !== undefined) continue
      if (!applies(statement, facts)) continue
      if (statement.effect === 'Deny') {
        return { allowed: false, because: 'denied', by: findingOf(policy, statement, facts) }
      }
      allowedBy = { policy, statement }
    }
  }
  if (allowedBy === undefined) return { allowed: false, because: 'not allowed' }
  return { allowed: true, because: 'allowed', by: findingOf(allowedBy.policy, allowedBy.statement, facts) }
}

/** Decides like {@link decide}, and describes why each statement of each policy applies or does not. */
export function explain(
  policies: readonly CompiledPolicy[],
  request: AccessRequest,
): Decision & { statements: StatementFinding[] } {
  const facts = factsOf(request)
  const statements = policies.flatMap((policy) =>
    policy.statements.map((statement) => findingOf(policy, statement, facts)),
  )
  return { ...decide(policies, request), statements }
}
