import { compileWildcard } from '../../lib/wildcard.ts'
import type { RequestFacts } from './access-request.ts'
import { type CompiledCondition, clausesOf, compileCondition } from './conditions.ts'
import type { PolicyDocument, PolicyStatement } from './document.ts'

/** An action or a resource of a policy; both ignore case. */
interface CompiledPattern {
  /** The pattern as the policy has it. */
  text: string
  /** True for `*` and `*:*:*`, which also match a request that names no resource. */
  coversAll: boolean
  /** Matches a text in lower case. */
  matches(lowerText: string): boolean
}

/** The actions or resources that a statement includes, or those that it excludes. */
interface CompiledPatterns {
  patterns: readonly CompiledPattern[]
  /** True for `NotAction` and `NotResource`. */
  excluded: boolean
}

/** A statement prepared for matching by {@link compilePolicy}. */
export interface CompiledStatement {
  index: number
  sid: string | undefined
  effect: 'Allow' | 'Deny'
  actions: CompiledPatterns
  /** Undefined when the statement has no `Resource` and no `NotResource`: it is about all resources. */
  resources: CompiledPatterns | undefined
  conditions: readonly CompiledCondition[]
}

/** A policy prepared for matching, with the name by which it is granted. */
export interface CompiledPolicy {
  name: string
  statements: readonly CompiledStatement[]
}

function compilePattern(text: string): CompiledPattern {
  return {
    text,
    coversAll: /^[*:]+$/.test(text) && text.includes('*'),
    matches: compileWildcard(text.toLowerCase()),
  }
}

function compilePatterns(texts: readonly string[], excluded: boolean): CompiledPatterns {
  return { patterns: texts.map(compilePattern), excluded }
}

function actionsOf(statement: PolicyStatement): CompiledPatterns {
  if ('NotAction' in statement && statement.NotAction) return compilePatterns(statement.NotAction, true)
  return compilePatterns(statement.Action ?? [], false)
}

function resourcesOf(statement: PolicyStatement): CompiledPatterns | undefined {
  if ('NotResource' in statement && statement.NotResource) return compilePatterns(statement.NotResource, true)
  const { Resource } = statement
  if (Resource === undefined) return undefined
  return compilePatterns(Array.isArray(Resource) ? Resource : Resource.uri, false)
}

function compileStatement(statement: PolicyStatement, index: number): CompiledStatement {
  return {
    index,
    sid: 'Sid' in statement ? statement.Sid : undefined,
    effect: statement.Effect,
    actions: actionsOf(statement),
    resources: resourcesOf(statement),
    conditions: clausesOf(statement.Condition ?? {}).map(compileCondition),
  }
}

/**
 * Compiles a valid policy for {@link decide} and {@link explain}. Cache the result: each request of its holder needs it.
 *
 * @example compilePolicy('readers', PolicyDocument.parse(document))
 */
export function compilePolicy(name: string, document: PolicyDocument): CompiledPolicy {
  const statements: readonly PolicyStatement[] = document.Statement
  return { name, statements: statements.map(compileStatement) }
}

function matchingAction(
  { patterns }: CompiledPatterns,
  { action }: RequestFacts,
): CompiledPattern | undefined {
  return patterns.find((pattern) => pattern.matches(action))
}

/**
 * Finds the first matching resource. A request that names no resource is matched only by `*`, which the cloud's documents
 * require in a statement on actions without resources.
 */
function matchingResource({ patterns }: CompiledPatterns, { resource }: RequestFacts) {
  return patterns.find((pattern) => (resource === undefined ? pattern.coversAll : pattern.matches(resource)))
}

/** Returns true when the action, the resource and every condition of a statement match a request. */
export function applies({ actions, resources, conditions }: CompiledStatement, facts: RequestFacts): boolean {
  if ((matchingAction(actions, facts) !== undefined) === actions.excluded) return false
  if (resources !== undefined && (matchingResource(resources, facts) !== undefined) === resources.excluded) {
    return false
  }
  return conditions.every((condition) => condition.holds(facts))
}

function describeAction(actions: CompiledPatterns, facts: RequestFacts): string {
  const { action } = facts.request
  const match = matchingAction(actions, facts)
  if (actions.excluded) {
    return match
      ? `NotAction ${match.text} excludes action ${action}`
      : `NotAction does not exclude action ${action}`
  }
  return match ? `action ${action} matches ${match.text}` : `no action matches ${action}`
}

function describeResource(resources: CompiledPatterns, facts: RequestFacts): string {
  const { resource } = facts.request
  const match = matchingResource(resources, facts)
  const subject = resource === undefined ? 'a request on no resource in particular' : `resource ${resource}`
  if (resources.excluded) {
    return match ? `NotResource ${match.text} excludes ${subject}` : `NotResource does not exclude ${subject}`
  }
  return match ? `${subject} matches ${match.text}` : `no resource matches ${resource ?? subject}`
}

/** Describes everything that matches when a statement applies, or the first part that does not match. */
export function explainStatement(statement: CompiledStatement, facts: RequestFacts): string {
  const { actions, resources, conditions } = statement
  const onAction = describeAction(actions, facts)
  if ((matchingAction(actions, facts) !== undefined) === actions.excluded) return onAction
  const onResource = resources === undefined ? undefined : describeResource(resources, facts)
  if (resources !== undefined && (matchingResource(resources, facts) !== undefined) === resources.excluded) {
    return onResource ?? ''
  }
  const failed = conditions.find((condition) => !condition.holds(facts))
  if (failed !== undefined) return failed.describe(facts)
  const onConditions = conditions.map((condition) => condition.describe(facts))
  return [onAction, onResource, ...onConditions].filter((text) => text !== undefined).join('; ')
}
