import { type AccessRequest, factsOf, type RequestFacts } from './access-request.ts'
import type { CompiledPolicy, CompiledStatement } from './compile.ts'
import { applies, whyOf } from './statement.ts'

export type { AccessRequest } from './access-request.ts'

/** What one statement says of a request. */
export interface StatementFinding {
  policy: string
  /** Place of the statement in its policy, from 0. */
  index: number
  sid?: string
  effect: 'Allow' | 'Deny'
  applies: boolean
  /** In words: `action ims:images:get matches ims:images:*`, or the first thing that does not fit. */
  why: string
}

/** Whether a request is allowed, and by what; nothing decided when no statement applies. */
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
    why: whyOf(statement, facts),
  }
}

/**
 * Decides as IAM does: the first Deny that applies, whatever else does; else the first Allow; else the request is not
 * allowed. Only the statement that decides is put into words.
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

/** The same decision with every statement of every policy and why it applies or does not. */
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
