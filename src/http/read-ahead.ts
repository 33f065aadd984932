import type { Operation } from '../contract/operation.ts'
import { jsonIn } from '../lib/json.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import { asBody, type Body, readWhole } from './body.ts'

/** A body, and the JSON in it as far as somebody has looked. */
export interface ReadAhead {
  body: Body
  json: unknown
}

/**
 * Reads the document of a request before its operation does, when a rule looks into it. Whether it is a document at all is
 * for the operation to say, which reads the same bytes again.
 */
export async function readAhead(world: OpenWorld, operation: Operation, body: Body): Promise<ReadAhead> {
  const { takes, face, id } = operation
  if (takes !== 'document' || !world.rules.readsBody(face, id)) return { body, json: undefined }
  const bytes = await readWhole(body)
  return { body: asBody(bytes), json: jsonIn(Buffer.from(bytes).toString('utf8')) }
}
