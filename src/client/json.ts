import { jsonIn } from '../lib/json.ts'

/** JSON taken apart; what is none stays the text that it is. */
export function jsonOrText(text: string): unknown {
  const json = jsonIn(text)
  return json === undefined ? text : json
}
