import { z } from 'zod'
import { nothing, ok } from '../contract/operation.ts'
import { Limits, QuotaChange, type Scenario } from '../simulation/scenario/schema.ts'
import { controlOperation } from './operation.ts'

/** The limits of everybody, and by project id what differs from them. */
const QuotasWire = Limits.extend({ projects: z.record(z.string(), Limits.partial()) })

/** The limits as a scenario writes them. How many requests may come is for rules and scenarios. */
function renderQuotas({ quotas: { requests: _, ...limits } }: Scenario): z.input<typeof QuotasWire> {
  return limits
}

export const showQuotas = controlOperation({
  id: 'ControlShowQuotas',
  method: 'GET',
  path: '/_ims/quotas',
  summary: 'What projects may have, and what differs for some of them',
  request: nothing,
  responses: { 200: QuotasWire },
  handle: ({ world }) => ok(renderQuotas(world.scenario)),
})

export const changeQuotas = controlOperation({
  id: 'ControlChangeQuotas',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/quotas',
  summary:
    'Change what projects may have from the next request on: {"private_images": 3}, or {"projects": {"<id>": {…}}} for one; it lasts until a reset or another scenario',
  request: z.object({ body: QuotaChange }),
  responses: { 200: QuotasWire },
  handle({ world }, { body }) {
    world.changeQuotas(body)
    return ok(renderQuotas(world.scenario))
  },
})
