import type { Caller } from '../accounts/caller.ts'
import type { Answer } from '../contract/operation.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import type { ServerContext } from './body.ts'
import { keptText, withoutUserinfo } from './body-recorder.ts'
import { tellingHeaders } from './kept-headers.ts'
import type { Received } from './received.ts'
import { isBroken } from './wire-faults.ts'

/** Writes a request and its answer, with its JSON in words, into the journal of its world. */
export function note(world: OpenWorld, context: ServerContext, received: Received, answer: Answer): void {
  const { method, url, raw } = context.req
  const {
    requestId,
    face,
    at,
    began,
    tape,
    operation,
    code,
    caller,
    unread = [],
    rules = [],
    faults,
  } = received
  const sent = tape.kept()
  const { body, bytes } = answer
  const contentType = contentTypeOf(answer)
  const duration = Math.round((performance.now() - began) * 1000) / 1000
  if (face !== 'control') world.requestCounts.count({ operation, status: answer.status, duration })
  world.journal.add({
    requestId,
    at,
    duration,
    face,
    method,
    path: withoutUserinfo(url.slice(url.indexOf('/', url.indexOf('//') + 2))),
    ...(operation !== undefined && { operation }),
    status: answer.status,
    ...(code !== undefined && { code }),
    ...(caller !== undefined && who(caller)),
    unread,
    rules,
    headers: tellingHeaders(raw.headers),
    ...(sent !== undefined && { sent }),
    ...(contentType !== undefined && { contentType }),
    ...(typeof body === 'string' && { answered: keptText(body) }),
    ...(faults !== undefined && isBroken(faults) && { spoiled: true }),
    ...(bytes !== undefined && { answered: { omitted: 'stream' } }),
  })
}

function who({ known, projectId, userId, agency }: Caller) {
  return { projectId, ...(known && { userId }), ...(agency !== undefined && { agency }) }
}

function contentTypeOf({ headers = {} }: Answer): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
}
