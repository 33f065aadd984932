import type { RequestFacts } from './access-request.ts'
import type { CompiledPattern, CompiledPatterns, CompiledStatement } from './compile.ts'

function matchingAction(
  { patterns }: CompiledPatterns,
  { action }: RequestFacts,
): CompiledPattern | undefined {
  return patterns.find((pattern) => pattern.matches(action))
}

/**
 * A request on no resource in particular is covered by `*` alone: the cloud's documents want just that in a statement
 * on actions without resources.
 */
function matchingResource({ patterns }: CompiledPatterns, { resource }: RequestFacts) {
  return patterns.find((pattern) => (resource === undefined ? pattern.coversAll : pattern.matches(resource)))
}

/** Whether a statement is about a request: its action, its resource and every condition. */
export function applies({ actions, resources, conditions }: CompiledStatement, facts: RequestFacts): boolean {
  if ((matchingAction(actions, facts) !== undefined) === actions.excluded) return false
  if (resources !== undefined && (matchingResource(resources, facts) !== undefined) === resources.excluded) {
    return false
  }
  return conditions.every((condition) => condition.holds(facts))
}

function wordsOnAction(actions: CompiledPatterns, facts: RequestFacts): string {
  const { action } = facts.request
  const match = matchingAction(actions, facts)
  if (actions.excluded) {
    return match
      ? `NotAction ${match.text} excludes action ${action}`
      : `NotAction does not exclude action ${action}`
  }
  return match ? `action ${action} matches ${match.text}` : `no action matches ${action}`
}

function wordsOnResource(resources: CompiledPatterns, facts: RequestFacts): string {
  const { resource } = facts.request
  const match = matchingResource(resources, facts)
  const subject = resource === undefined ? 'a request on no resource in particular' : `resource ${resource}`
  if (resources.excluded) {
    return match ? `NotResource ${match.text} excludes ${subject}` : `NotResource does not exclude ${subject}`
  }
  return match ? `${subject} matches ${match.text}` : `no resource matches ${resource ?? subject}`
}

/** Why a statement applies (everything that fits) or does not (the first thing that does not fit), in words. */
export function whyOf(statement: CompiledStatement, facts: RequestFacts): string {
  const { actions, resources, conditions } = statement
  const onAction = wordsOnAction(actions, facts)
  if ((matchingAction(actions, facts) !== undefined) === actions.excluded) return onAction
  const onResource = resources === undefined ? undefined : wordsOnResource(resources, facts)
  if (resources !== undefined && (matchingResource(resources, facts) !== undefined) === resources.excluded) {
    return onResource ?? ''
  }
  const failed = conditions.find((condition) => !condition.holds(facts))
  if (failed !== undefined) return failed.describe(facts)
  const onConditions = conditions.map((condition) => condition.describe(facts))
  return [onAction, onResource, ...onConditions].filter((words) => words !== undefined).join('; ')
}
