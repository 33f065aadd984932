import { badRequest } from '../errors.ts'

/**
 * Parses a query into its parameters in the order of the query, as WebOb does: `;` separates like `&`, and `a` is `a=`.
 * @throws GlanceError 400 for bytes that are not UTF-8.
 */
export function parseQuery(search: string): [string, string][] {
  return search.split(/[&;]/).flatMap((part): [string, string][] => {
    if (part === '') return []
    const equals = part.indexOf('=')
    return equals < 0
      ? [[decode(part), '']]
      : [[decode(part.slice(0, equals)), decode(part.slice(equals + 1))]]
  })
}

function decode(text: string): string {
  const bytes = Buffer.from(
    text
      .replaceAll('+', ' ')
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw badRequest(
      'Error decoding your request. Either the URL or the request body contained characters that could not be decoded by Glance',
    )
  }
}

/**
 * The links of a page: `first` has the parameters of the query without the marker, each name once with its last value;
 * `next` adds the marker of the next page.
 */
export function pageLinks(
  path: string,
  search: string,
  next: string | undefined,
): { first: string; next?: string } {
  const parameters = new Map(parseQuery(search))
  parameters.delete('marker')
  const link = (entries: Map<string, string>) =>
    entries.size === 0
      ? path
      : `${path}?${[...entries].map(([name, value]) => `${quote(name)}=${quote(value)}`).join('&')}`
  return {
    first: link(parameters),
    ...(next !== undefined && { next: link(new Map(parameters).set('marker', next)) }),
  }
}

/** Encodes a text as Python's `quote_plus` does: a blank becomes a plus; letters, digits and `_.-~` stay. */
function quote(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

/**
 * The parameters of a query in the order of the query; a name can occur several times. Glance takes out the first value
 * of a name (`pop`) but looks up the last (`get`).
 */
export class Parameters {
  private items: (readonly [string, string])[]

  constructor(items: Iterable<readonly [string, string]>) {
    this.items = [...items]
  }

  copy(): Parameters {
    return new Parameters(this.items)
  }

  has(name: string): boolean {
    return this.items.some(([key]) => key === name)
  }

  /** The last value of a name. */
  last(name: string): string | undefined {
    return this.items.findLast(([key]) => key === name)?.[1]
  }

  /** Removes the first value of a name and returns it. */
  take(name: string): string | undefined {
    const at = this.items.findIndex(([key]) => key === name)
    return at < 0 ? undefined : this.items.splice(at, 1)[0]?.[1]
  }

  /** Removes all values of a name and returns them. */
  takeAll(name: string): string[] {
    const found = this.items.filter(([key]) => key === name).map(([, value]) => value)
    this.items = this.items.filter(([key]) => key !== name)
    return found
  }

  /** Each name once, at its first place, with its last value. */
  entries(): Map<string, string> {
    return new Map(this.items)
  }
}
