import { z } from 'zod'
import { noContent, nothing, ok } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import { placedOperations } from '../services/compose.ts'
import { namesOf } from '../services/service.ts'
import { unknownOperations } from '../simulation/rules/operations.ts'
import { Rule } from '../simulation/rules/schema.ts'
import { controlOperation } from './operation.ts'

const RuleWire = z.strictObject({
  name: z.string(),
  summary: z.string().nullable(),
  /** How often it happened. */
  hits: z.int(),
  /** How many requests fitted it, whether it was their turn or not. */
  matched: z.int(),
  source: z.enum(['scenario', 'run time']),
  rule: z.looseObject({ name: z.string() }),
})

export const listRules = controlOperation({
  id: 'ControlListRules',
  method: 'GET',
  path: '/_ims/rules',
  summary: 'The rules of the world in the order they are tried, with how often each happened',
  request: nothing,
  responses: { 200: z.strictObject({ rules: z.array(RuleWire) }) },
  handle: ({ world }) =>
    ok({
      rules: world.rules.list().map((rule) => ({ ...rule, summary: rule.summary ?? null })),
    }),
})

export const addRule = controlOperation({
  id: 'ControlAddRule',
  remembered: true,
  method: 'POST',
  path: '/_ims/rules',
  summary:
    'Add a rule, as a scenario writes it; before all others, or last with ?place=last. A taken name is replaced',
  request: z.object({
    query: z.strictObject({ place: z.enum(['first', 'last']).optional() }),
    body: Rule,
  }),
  responses: { 201: z.strictObject({ name: z.string() }) },
  handle({ emulator, world }, { query, body }) {
    const unknown = unknownOperations(
      [body],
      placedOperations(emulator.services).map(({ operation: { id } }) => id),
      emulator.services.flatMap(namesOf),
    )
    if (unknown.length > 0) throw new ControlError(400, unknown.map(({ message }) => message).join('; '))
    world.rules.add(body, query.place)
    return { status: 201, body: { name: body.name } }
  },
})

const RuleParams = z.object({ name: z.string() })

const Sighting = z.strictObject({
  time: z.string(),
  operation: z.string(),
  method: z.string(),
  path: z.string(),
  matched: z.boolean(),
  fired: z.boolean(),
  why: z.string(),
})

export const showRule = controlOperation({
  id: 'ControlShowRule',
  method: 'GET',
  path: '/_ims/rules/{name}',
  summary: 'A rule, and why each of the last 20 requests that it could be about fitted or did not',
  request: z.object({ params: RuleParams }),
  responses: { 200: RuleWire.extend({ requests: z.array(Sighting) }) },
  handle({ world }, { params: { name } }) {
    const book = world.rules
    const rule = book.list().find((each) => each.name === name)
    if (rule === undefined) throw noSuchRule(name)
    const requests = (book.explain(name) ?? []).map(({ at, ...seen }) => ({ time: wireMillis(at), ...seen }))
    return ok({ ...rule, summary: rule.summary ?? null, requests })
  },
})

export const deleteRule = controlOperation({
  id: 'ControlDeleteRule',
  remembered: true,
  method: 'DELETE',
  path: '/_ims/rules/{name}',
  summary: 'Drop a rule',
  request: z.object({ params: RuleParams }),
  responses: { 204: null },
  handle({ world }, { params: { name } }) {
    if (!world.rules.remove(name)) throw noSuchRule(name)
    return noContent()
  },
})

function noSuchRule(name: string): ControlError {
  return new ControlError(404, `no rule is called ${name}; GET /_ims/rules lists them`)
}

const PhaseWire = z.strictObject({ phase: z.string().nullable() })

export const showPhase = controlOperation({
  id: 'ControlShowPhase',
  method: 'GET',
  path: '/_ims/phase',
  summary: 'The phase that the world is in; null where the scenario has none',
  request: nothing,
  responses: { 200: PhaseWire },
  handle: ({ world }) => ok({ phase: world.rules.phase() ?? null }),
})

export const enterPhase = controlOperation({
  id: 'ControlEnterPhase',
  remembered: true,
  method: 'PUT',
  path: '/_ims/phase',
  summary: 'Put the world into a phase',
  request: z.object({ body: z.strictObject({ phase: z.string() }) }),
  responses: { 200: PhaseWire },
  handle({ world }, { body: { phase } }) {
    world.rules.enter(phase)
    return ok({ phase })
  },
})
