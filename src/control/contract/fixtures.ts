import { z } from 'zod'
import { contract } from '../../contract/operation.ts'
import type { Fixture, FixtureFields } from '../../worlds/fixtures/fixture.ts'

export const addFixtures = contract({
  id: 'ControlAddFixtures',
  remembered: true,
  method: 'POST',
  path: '/_ims/fixtures',
  summary: 'Add projects, images, servers, volumes, backups, keys ...: what a fixture file may hold, as JSON',
  request: z.object({ body: z.custom<z.input<typeof Fixture>>() }),
  responses: { 201: z.strictObject({ added: z.record(z.string(), z.int()) }) },
})

/** A key, a server, a volume, a vault, a backup or an image, with the fields of a fixture file. */
const FixtureWire = z.record(z.string(), z.unknown())

/**
 * The fields that can change of a thing, by the name of its section. The type is spelled out here, so that the declarations of the
 * test kit contain it and do not lead to those of the database.
 */
export const ChangeableFields =
  z.custom<{
    [Kind in keyof FixtureFields]: { [Field in keyof FixtureFields[Kind]]: FixtureFields[Kind][Field] }
  }>()

export const listFixtures = contract({
  id: 'ControlListFixtures',
  method: 'GET',
  path: '/_ims/fixtures/{kind}',
  summary: 'All keys, servers, volumes, vaults, backups or images of the world, as a fixture file has them',
  request: z.object({ params: z.object({ kind: z.string() }) }),
  responses: { 200: z.record(z.string(), z.array(FixtureWire)) },
})

const FixtureParams = z.object({ kind: z.string(), id: z.string() })

export const showFixture = contract({
  id: 'ControlShowFixture',
  method: 'GET',
  path: '/_ims/fixtures/{kind}/{id}',
  summary: 'One key, server, volume, vault, backup or image, as a fixture file has it',
  request: z.object({ params: FixtureParams }),
  responses: { 200: FixtureWire },
})

export const changeFixture = contract({
  id: 'ControlChangeFixture',
  remembered: true,
  method: 'PATCH',
  path: '/_ims/fixtures/{kind}/{id}',
  summary:
    'Change a key, server, volume, vault, backup or image while the world runs: {"state": "disabled"}, {"status": "SHUTOFF"}; null takes a value away',
  request: z.object({ params: FixtureParams, body: z.record(z.string(), z.unknown()) }),
  responses: { 200: FixtureWire },
})

export const removeFixture = contract({
  id: 'ControlRemoveFixture',
  remembered: true,
  method: 'DELETE',
  path: '/_ims/fixtures/{kind}/{id}',
  summary:
    'Remove a key, server, volume, vault, backup or image. The system disk goes with a server, and the backups go with a vault',
  request: z.object({ params: FixtureParams }),
  responses: { 204: null },
})
