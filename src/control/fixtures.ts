import { z } from 'zod'
import { ControlError } from '../lib/errors.ts'
import { addFixture } from '../worlds/fixtures/add.ts'
import { Fixture } from '../worlds/fixtures/format.ts'
import { FixtureMistake } from '../worlds/fixtures/mistake.ts'
import { controlOperation } from './operation.ts'

export const addFixtures = controlOperation({
  id: 'ControlAddFixtures',
  remembered: true,
  method: 'POST',
  path: '/_ims/fixtures',
  summary: 'Add projects, images, servers, volumes, backups, keys ...: what a fixture file may hold, as JSON',
  request: z.object({ body: Fixture }),
  responses: { 201: z.strictObject({ added: z.record(z.string(), z.int()) }) },
  handle({ world }, { body }) {
    try {
      addFixture(world, body)
    } catch (error) {
      if (error instanceof FixtureMistake) throw new ControlError(error.taken ? 409 : 400, error.message)
      throw error
    }
    return { status: 201, body: { added: countOf(body) } }
  },
})

/** How many there were of each kind, without the kinds there were none of. */
function countOf(fixture: Fixture): Record<string, number> {
  return Object.fromEntries(
    Object.entries(fixture).flatMap(([kind, list]): [string, number][] =>
      Array.isArray(list) && list.length > 0 ? [[kind, list.length]] : [],
    ),
  )
}
