import { z } from 'zod'
import { contract, nothing } from '../../contract/operation.ts'
import type { Rule } from '../../simulation/rules/rule.ts'

const RuleWire = z.strictObject({
  name: z.string(),
  summary: z.string().nullable(),
  /** How often the rule fired. */
  hits: z.int(),
  /** How many requests matched the rule, whether it fired for them or not. */
  matched: z.int(),
  source: z.enum(['scenario', 'run time']),
  rule: z.looseObject({ name: z.string() }),
})

export const listRules = contract({
  id: 'ControlListRules',
  method: 'GET',
  path: '/_ims/rules',
  summary: 'The rules of the world in the order they are tried, with how often each fired',
  request: nothing,
  responses: { 200: z.strictObject({ rules: z.array(RuleWire) }) },
})

export const addRule = contract({
  id: 'ControlAddRule',
  remembered: true,
  method: 'POST',
  path: '/_ims/rules',
  summary:
    'Add a rule, as a scenario writes it; before all others, or last with ?place=last. A rule of the same name is replaced',
  request: z.object({
    query: z.strictObject({ place: z.enum(['first', 'last']).optional() }),
    body: z.custom<z.input<typeof Rule>>(),
  }),
  responses: { 201: z.strictObject({ name: z.string() }) },
})

const RuleParams = z.object({ name: z.string() })

/** One request that a rule was tried for. */
const EvaluationWire = z.strictObject({
  time: z.string(),
  operation: z.string(),
  method: z.string(),
  path: z.string(),
  matched: z.boolean(),
  fired: z.boolean(),
  why: z.string(),
})

export const showRule = contract({
  id: 'ControlShowRule',
  method: 'GET',
  path: '/_ims/rules/{name}',
  summary: 'A rule, and why each of the last 20 requests that it was tried for matched or did not',
  request: z.object({ params: RuleParams }),
  responses: { 200: RuleWire.extend({ requests: z.array(EvaluationWire) }) },
})

export const deleteRule = contract({
  id: 'ControlDeleteRule',
  remembered: true,
  method: 'DELETE',
  path: '/_ims/rules/{name}',
  summary: 'Delete a rule',
  request: z.object({ params: RuleParams }),
  responses: { 204: null },
})

const PhaseWire = z.strictObject({ phase: z.string().nullable() })

export const showPhase = contract({
  id: 'ControlShowPhase',
  method: 'GET',
  path: '/_ims/phase',
  summary: 'The phase that the world is in; null where the scenario has none',
  request: nothing,
  responses: { 200: PhaseWire },
})

export const enterPhase = contract({
  id: 'ControlEnterPhase',
  remembered: true,
  method: 'PUT',
  path: '/_ims/phase',
  summary: 'Put the world into a phase',
  request: z.object({ body: z.strictObject({ phase: z.string() }) }),
  responses: { 200: PhaseWire },
})
