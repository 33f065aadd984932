/** The forms an answer may have. */
export type Form = 'html' | 'json' | 'plain'

const TYPES: Readonly<Record<Form, readonly [string, string]>> = {
  html: ['text', 'html'],
  json: ['application', 'json'],
  plain: ['text', 'plain'],
}

/** One entry of an Accept header with its parameters. */
const MEDIA_RANGE = /^\s*([\w!#$%&'*+.^`|~-]+)\/([\w!#$%&'*+.^`|~-]+)\s*((?:;[^;]*)*)$/

/**
 * The form with the highest weight, the first of those that weigh the same; the first of all where the header cannot be
 * read, and none where the client takes no form that is offered.
 */
export function preferredForm(accept: string, offers: readonly [Form, ...Form[]]): Form | undefined {
  const ranges = accept.split(',').flatMap((text) => (text.trim() === '' ? [] : [mediaRange(text)]))
  if (ranges.length === 0 || ranges.some((range) => range === undefined)) return offers[0]
  let best: { form: Form; weight: number } | undefined
  for (const form of offers) {
    const weight = weightOf(ranges, ...TYPES[form])
    if (weight > (best?.weight ?? 0)) best = { form, weight }
  }
  return best?.form
}

interface MediaRange {
  type: string
  subtype: string
  /** 0 to 1. */
  weight: number
}

function mediaRange(text: string): MediaRange | undefined {
  const match = MEDIA_RANGE.exec(text)
  if (match === null) return undefined
  const [, type = '', subtype = '', parameters = ''] = match
  const weight = /;\s*q=([\d.]+)/i.exec(parameters)?.[1]
  return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), weight: Number(weight ?? 1) }
}

/** What the most specific range that fits says of a type; 0 when none fits. */
function weightOf(ranges: readonly (MediaRange | undefined)[], type: string, subtype: string): number {
  const fits = (a: string, b: string) => ranges.find((range) => range?.type === a && range.subtype === b)
  return (fits(type, subtype) ?? fits(type, '*') ?? fits('*', '*'))?.weight ?? 0
}
