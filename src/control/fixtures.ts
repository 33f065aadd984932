import { created, handle, noContent, ok } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { FixtureMistake } from '../simulation/fixtures.ts'
import { NoSuchFixture } from '../worlds/fixtures/changes.ts'
import { addFixture, changingFixtures, Fixture } from '../worlds/fixtures/fixture.ts'
import { type ControlCall, withBody } from './call.ts'
import * as contract from './contract/fixtures.ts'

const addFixtures = handle(
  withBody(contract.addFixtures, Fixture),
  ({ emulator, world }: ControlCall, { body }) => {
    orRefused(() => addFixture(world, body))
    if (body.users.length > 0) emulator.worlds.credentials.add(world)
    return created({ added: countsOf(body) })
  },
)

/** The number of fixtures of each kind, without the kinds that have none. */
function countsOf(fixture: Fixture): Record<string, number> {
  return Object.fromEntries(
    Object.entries(fixture).flatMap(([kind, list]): [string, number][] =>
      Array.isArray(list) && list.length > 0 ? [[kind, list.length]] : [],
    ),
  )
}

const listFixtures = handle(contract.listFixtures, ({ world }: ControlCall, { params: { kind } }) =>
  ok({ [kind]: orRefused(() => changingFixtures.list(world, kind)) }),
)

const showFixture = handle(contract.showFixture, ({ world }: ControlCall, { params: { kind, id } }) =>
  ok(orRefused(() => changingFixtures.show(world, kind, id))),
)

const changeFixture = handle(
  contract.changeFixture,
  ({ world }: ControlCall, { params: { kind, id }, body }) =>
    ok(orRefused(() => changingFixtures.change(world, kind, id, body))),
)

const removeFixture = handle(contract.removeFixture, ({ world }: ControlCall, { params: { kind, id } }) => {
  orRefused(() => changingFixtures.remove(world, kind, id))
  return noContent()
})

export const fixtureOperations = [addFixtures, listFixtures, showFixture, changeFixture, removeFixture]

/** @throws ControlError for what a world does not take: 404 for a missing thing, 409 for one that exists already, else 400. */
function orRefused<Result>(act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof FixtureMistake)) throw error
    throw new ControlError(error instanceof NoSuchFixture ? 404 : error.taken ? 409 : 400, error.message)
  }
}
