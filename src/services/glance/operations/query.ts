import { badRequest } from '../rules/refusals.ts'

/** The parameters of a query in the order they came, as Python reads them: `;` separates like `&`, and `a` is `a=`. */
export function readQuery(search: string): [string, string][] {
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

/** Where a list begins: its parameters without the marker, each name once with its last value; `next` adds a marker. */
export function pageLinks(
  path: string,
  query: Iterable<readonly [string, string]>,
  next: string | undefined,
) {
  const parameters = new Map(query)
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

/** As Python's `quote_plus` does: a blank becomes a plus, letters, digits and `_.-~` stay. */
function quote(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
