import { z } from 'zod'
import { noContent, nothing, ok, operation } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import { unknownOperations } from '../simulation/rules/operations.ts'
import { Rule } from '../simulation/rules/schema.ts'

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

export const listRules = operation({
  id: 'ControlListRules',
  face: 'control',
  method: 'GET',
  path: '/_ims/rules',
  summary: 'The rules of the world in the order they are tried, with how often each happened',
  request: nothing,
  responses: { 200: z.strictObject({ rules: z.array(RuleWire) }) },
  handle: ({ emulator, world }) =>
    ok({
      rules: emulator
        .rules(world)
        .list()
        .map((rule) => ({ ...rule, summary: rule.summary ?? null })),
    }),
})

export const addRule = operation({
  id: 'ControlAddRule',
  face: 'control',
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
    const faces = [...new Set(emulator.operations.map(({ face }) => face))]
    const unknown = unknownOperations(
      [body],
      emulator.operations.map(({ id }) => id),
      faces,
    )
    if (unknown.length > 0) throw new ControlError(400, unknown.map(({ message }) => message).join('; '))
    emulator.rules(world).add(body, query.place)
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

export const showRule = operation({
  id: 'ControlShowRule',
  face: 'control',
  method: 'GET',
  path: '/_ims/rules/{name}',
  summary: 'A rule, and why each of the last 20 requests that it could be about fitted or did not',
  request: z.object({ params: RuleParams }),
  responses: { 200: RuleWire.extend({ requests: z.array(Sighting) }) },
  handle({ emulator, world }, { params: { name } }) {
    const book = emulator.rules(world)
    const rule = book.list().find((each) => each.name === name)
    if (rule === undefined) throw noSuchRule(name)
    const requests = (book.explain(name) ?? []).map(({ at, ...seen }) => ({ time: wireMillis(at), ...seen }))
    return ok({ ...rule, summary: rule.summary ?? null, requests })
  },
})

export const deleteRule = operation({
  id: 'ControlDeleteRule',
  face: 'control',
  remembered: true,
  method: 'DELETE',
  path: '/_ims/rules/{name}',
  summary: 'Drop a rule',
  request: z.object({ params: RuleParams }),
  responses: { 204: null },
  handle({ emulator, world }, { params: { name } }) {
    if (!emulator.rules(world).remove(name)) throw noSuchRule(name)
    return noContent()
  },
})

function noSuchRule(name: string): ControlError {
  return new ControlError(404, `no rule is called ${name}; GET /_ims/rules lists them`)
}

const PhaseWire = z.strictObject({ phase: z.string().nullable() })

export const showPhase = operation({
  id: 'ControlShowPhase',
  face: 'control',
  method: 'GET',
  path: '/_ims/phase',
  summary: 'The phase that the world is in; null where the scenario has none',
  request: nothing,
  responses: { 200: PhaseWire },
  handle: ({ emulator, world }) => ok({ phase: emulator.rules(world).phase() ?? null }),
})

export const enterPhase = operation({
  id: 'ControlEnterPhase',
  face: 'control',
  remembered: true,
  method: 'PUT',
  path: '/_ims/phase',
  summary: 'Put the world into a phase',
  request: z.object({ body: z.strictObject({ phase: z.string() }) }),
  responses: { 200: PhaseWire },
  handle({ emulator, world }, { body: { phase } }) {
    emulator.rules(world).enter(phase)
    return ok({ phase })
  },
})
