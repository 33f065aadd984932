import { created, handle, noContent, ok } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { wireMillis } from '../lib/time.ts'
import { unknownNames } from '../simulation/rules/cloud-names.ts'
import { Rule } from '../simulation/rules/rule.ts'
import { wrongChanges } from '../worlds/fixtures/scenario-changes.ts'
import { knownNames } from '../worlds/known-names.ts'
import { type ControlCall, withBody } from './call.ts'
import * as contract from './contract/rules.ts'

const listRules = handle(contract.listRules, ({ world }: ControlCall) =>
  ok({ rules: world.rules.list().map((rule) => ({ ...rule, summary: rule.summary ?? null })) }),
)

const addRule = handle(
  withBody(contract.addRule, Rule),
  ({ emulator, world }: ControlCall, { query, body }) => {
    const known = { ...knownNames(emulator.services), errorCodes: [...world.cloud.errors.keys()] }
    const unknown = [...unknownNames(Rule, body, known), ...wrongChanges(Rule, body)]
    if (unknown.length > 0) throw new ControlError(400, listOf(unknown.map(({ message }) => message)))
    world.rules.add(body, query.place)
    return created({ name: body.name })
  },
)

/** Messages about unknown names beyond this number are only counted. */
const MOST_UNKNOWN = 20

function listOf(messages: readonly string[]): string {
  const further = messages.length - MOST_UNKNOWN
  const listed = messages.slice(0, MOST_UNKNOWN)
  return [...listed, ...(further > 0 ? [`and ${further} more`] : [])].join('; ')
}

const showRule = handle(contract.showRule, ({ world: { rules } }: ControlCall, { params: { name } }) => {
  const rule = rules.list().find((each) => each.name === name)
  if (rule === undefined) throw noSuchRule(name)
  const requests = (rules.explain(name) ?? []).map(({ at, ...seen }) => ({ time: wireMillis(at), ...seen }))
  return ok({ ...rule, summary: rule.summary ?? null, requests })
})

const deleteRule = handle(contract.deleteRule, ({ world }: ControlCall, { params: { name } }) => {
  if (!world.rules.remove(name)) throw noSuchRule(name)
  return noContent()
})

function noSuchRule(name: string): ControlError {
  return new ControlError(404, `no rule is called ${name}; GET /_ims/rules lists them`)
}

const showPhase = handle(contract.showPhase, ({ world }: ControlCall) =>
  ok({ phase: world.rules.phase() ?? null }),
)

const enterPhase = handle(contract.enterPhase, ({ world }: ControlCall, { body: { phase } }) => {
  world.rules.enter(phase)
  return ok({ phase })
})

export const ruleOperations = [listRules, addRule, showRule, deleteRule, showPhase, enterPhase]
