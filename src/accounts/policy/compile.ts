import { compileWildcard } from '../../lib/wildcard.ts'
import { type CompiledCondition, compileCondition } from './condition.ts'
import { clausesOf } from './condition-block.ts'
import type { PolicyDocument, PolicyStatement } from './document.ts'

/** An action or a resource of a policy; letter case does not count in either. */
export interface CompiledPattern {
  /** As the policy has it. */
  text: string
  /** True for `*` and the like, which cover even a request on no resource in particular. */
  coversAll: boolean
  /** Whether a text in small letters fits. */
  matches(lowerText: string): boolean
}

/** Actions or resources that a statement is about, or about all but which it is. */
export interface CompiledPatterns {
  patterns: readonly CompiledPattern[]
  /** True for `NotAction` and `NotResource`. */
  excluded: boolean
}

/** A statement that can be asked whether it applies; built by {@link compilePolicy}, read by `statement.ts`. */
export interface CompiledStatement {
  index: number
  sid: string | undefined
  effect: 'Allow' | 'Deny'
  actions: CompiledPatterns
  /** Undefined when the statement names no resource: then it is about all of them. */
  resources: CompiledPatterns | undefined
  conditions: readonly CompiledCondition[]
}

/** A policy under the name it is granted by, prepared once and asked many times. */
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

/** Prepares a checked policy for decisions; worth keeping, as every request of its holder asks it again. */
export function compilePolicy(name: string, document: PolicyDocument): CompiledPolicy {
  const statements: readonly PolicyStatement[] = document.Statement
  return { name, statements: statements.map(compileStatement) }
}
