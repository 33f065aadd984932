import { z } from 'zod'
import { nothing, ok, operation } from '../contract/operation.ts'
import { Limits, QuotaChange, type Scenario } from '../simulation/scenario/schema.ts'

/** The limits of everybody, and by project id what differs from them. */
const QuotasWire = Limits.extend({ projects: z.record(z.string(), Limits.partial()) })

/** The limits as a scenario writes them. How many requests may come is for rules and scenarios. */
function renderQuotas({ quotas: { requests: _, ...limits } }: Scenario): z.input<typeof QuotasWire> {
  return limits
}

export const showQuotas = operation({
  id: 'ControlShowQuotas',
  face: 'control',
  method: 'GET',
  path: '/_ims/quotas',
  summary: 'What projects may have, and what differs for some of them',
  request: nothing,
  responses: { 200: QuotasWire },
  handle: ({ world }) => ok(renderQuotas(world.scenario)),
})

export const changeQuotas = operation({
  id: 'ControlChangeQuotas',
  face: 'control',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/quotas',
  summary:
    'Change what projects may have from the next request on: {"private_images": 3}, or {"projects": {"<id>": {…}}} for one; it lasts until a reset or another scenario',
  request: z.object({ body: QuotaChange }),
  responses: { 200: QuotasWire },
  handle({ emulator, world }, { body }) {
    emulator.changeQuotas(world, body)
    return ok(renderQuotas(world.scenario))
  },
})
