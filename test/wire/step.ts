import { type Context, substitute, substituteIn } from './context.ts'
import type { Answer, Connection, Sent } from './http.ts'
import { jsonOf, recordedJson } from './json.ts'
import type { Json, RecordedRequest, RequestBody } from './recording.ts'

/** Maximum number of repetitions of a `wait`: the recordings polled every 150 ms for 20 s. */
const MOST_POLLS = Math.ceil(20_000 / 150)

/** Sends one recorded request, repeatedly if it waits for a state, and stores the values that it captures. */
export async function runStep(
  context: Context,
  connection: Connection,
  recorded: RecordedRequest,
  pause: () => Promise<void>,
): Promise<Answer> {
  const sent = filledIn(context, recorded)
  let answer = await connection.send(sent)
  for (let polls = 0; polls < MOST_POLLS && isStillWaiting(recorded, answer); polls += 1) {
    await pause()
    answer = await connection.send(sent)
  }
  capture(context, recorded, sent, answer)
  return answer
}

function filledIn(context: Context, { method, path, headers, body }: RecordedRequest): Sent {
  const filled = Object.entries(headers).map(([name, value]) => [name, substitute(context, value)])
  return {
    method,
    path: substitute(context, path),
    headers: Object.fromEntries(filled),
    body: encoded(context, body ?? null),
  }
}

function encoded(context: Context, body: RequestBody | null): Buffer | Buffer[] | undefined {
  if (body === null) return undefined
  if ('json' in body) return Buffer.from(recordedJson(substituteIn(context, body.json)))
  if ('text' in body) return Buffer.from(substitute(context, body.text))
  if ('hex' in body) return Buffer.from(body.hex, 'hex')
  if ('repeat' in body) return Buffer.from(body.repeat[0].repeat(body.repeat[1]))
  return body.chunks.map((chunk) => Buffer.from(substitute(context, chunk)))
}

function isStillWaiting({ wait }: RecordedRequest, answer: Answer): boolean {
  const fields = fieldsOf(answer)
  if (wait === undefined || fields === undefined) return false
  const value = fields[wait.field] ?? null
  return !wait.in.includes(value) || wait.absent.some((field) => Object.hasOwn(fields, field))
}

function capture(context: Context, recorded: RecordedRequest, sent: Sent, answer: Answer): void {
  const fields = fieldsOf(answer)
  if (fields === undefined) return
  for (const [name, field] of Object.entries(recorded.capture ?? {})) {
    const value = fields[field]
    if (typeof value === 'string') context.variables.set(name, value)
  }
  const isNewImage = sent.method === 'POST' && answer.status === 201 && /^\/v2\/images\/?$/.test(sent.path)
  if (isNewImage && typeof fields.id === 'string') context.images.push(fields.id)
}

/** The fields of an answer below 400 whose body is a JSON object. */
function fieldsOf(answer: Answer): { [key: string]: Json } | undefined {
  if (answer.status >= 400) return undefined
  const json = jsonOf(answer)
  return json !== null && typeof json === 'object' && !Array.isArray(json) ? json : undefined
}
