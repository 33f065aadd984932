import { parseTime } from '../../lib/time.ts'

/** Parts of a text that may differ between two runs that did the same: ids, instants, and where the emulator listens. */
const VARIABLE =
  /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b)|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?)|(https?:\/\/[^/\s"]+(?:\/w\/[a-z0-9-]+)?)/g

/** The ids of a recording, and what they are called in the replay. Neither stands for two of the other. */
export interface IdNames {
  /** Whether both may be the same; from the first time on they are. */
  agree(recorded: string, now: string): boolean
  /** A text of the recording in the ids of the replay. */
  translate(text: string): string
}

export function openIdNames(): IdNames {
  const names = new Map<string, string>()
  const taken = new Map<string, string>()
  return {
    agree(recorded, now) {
      const known = names.get(recorded)
      if (known !== undefined || taken.has(now)) return known === now
      names.set(recorded, now)
      taken.set(now, recorded)
      return true
    },
    translate: (text) => text.replace(VARIABLE, (part) => names.get(part) ?? part),
  }
}

/** Whether two texts say the same: word for word, but for ids that agree and instants that lie close together. */
export function saySame(recorded: string, now: string, names: IdNames, toleranceMs: number): boolean {
  const one = partsOf(recorded)
  const other = partsOf(now)
  if (one.length !== other.length) return false
  return one.every((part, i) => {
    const counterpart = other[i]
    if (counterpart?.kind !== part.kind) return false
    if (part.kind === 'id') return names.agree(part.text, counterpart.text)
    if (part.kind === 'instant') return areClose(part.text, counterpart.text, toleranceMs)
    return part.kind === 'address' || part.text === counterpart.text
  })
}

interface Part {
  kind: 'words' | 'id' | 'instant' | 'address'
  text: string
}

function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of text.matchAll(VARIABLE)) {
    parts.push({ kind: 'words', text: text.slice(end, match.index) })
    const [whole, id, instant] = match
    parts.push({ kind: id !== undefined ? 'id' : instant !== undefined ? 'instant' : 'address', text: whole })
    end = match.index + whole.length
  }
  return [...parts, { kind: 'words', text: text.slice(end) }]
}

function areClose(recorded: string, now: string, toleranceMs: number): boolean {
  if (recorded === now) return true
  const [one, other] = [parseTime(recorded), parseTime(now)]
  return one !== undefined && other !== undefined && Math.abs(one - other) <= toleranceMs
}
