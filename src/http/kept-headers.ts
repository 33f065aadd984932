/** Headers that say what is asked for. Every other may prove who asks, and is kept nowhere. */
const TELLING: ReadonlySet<string> = new Set([
  'accept',
  'content-type',
  'range',
  'user-agent',
  'x-domain-id',
  'x-language',
  'x-project-id',
])
/** Properties of an image travel in headers of these names in the first version of the image API. */
const TELLING_BEGINNINGS = /^x-(?:image-meta|glance|openstack)-/

/** The headers of a request that the journal keeps. */
export function tellingHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of headers)
    if (TELLING.has(name) || TELLING_BEGINNINGS.test(name)) kept[name] = value
  return kept
}
