/** Names, without separators and in lower case, that are secret as a whole. */
const WHOLE: ReadonlySet<string> = new Set(['sk', 'pass', 'pwd', 'passphrase', 'authorization', 'signature'])
/** Ends of names that make a name secret, e.g. `user_password`, `securityToken`, `adminPass`. */
const ENDINGS =
  /(?:password|passwd|adminpass|userpass|secret|secretkey|secretaccesskey|privatekey|tokens?|credentials?)$/

/** Longer names are no names that anything declares. */
const LONGEST_NAME = 128

/**
 * Whether a field, a query parameter or a header of this name holds a secret, however it is spelled. This is the one list:
 * the journal, recordings and logs ask it.
 * @example isSecretName('adminPass') // true; 'token_life' is false
 */
export function isSecretName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return WHOLE.has(plain) || ENDINGS.test(plain)
}

/** A key of JSON in which one of the words stands that secret names are made of. A quote in a value is escaped, so it ends no key. */
const SUSPECTS =
  /"([^"\\]*(?:pass|pwd|sk|secret|token|private|credential|authorization|signature)[^"\\]*)"\s*:/gi

/**
 * Whether a text has a field with a secret: JSON by its keys, whole or cut; every other text (forms, YAML) by what stands
 * before a colon or an equals sign.
 */
export function holdsSecret(text: string): boolean {
  const isJson = /^\s*[[{]/.test(text)
  if (isJson && !text.includes('\\u')) {
    for (const [, key = ''] of text.matchAll(SUSPECTS)) if (isSecretName(key)) return true
    return false
  }
  const json = isJson ? parsed(text) : undefined
  if (json !== undefined) return hasSecretKey(json)
  for (const { index } of text.matchAll(/[:=]/g))
    if (isSecretName(unescaped(keyBefore(text, index)))) return true
  return false
}

const BETWEEN = new Set([' ', '\t', '"', "'"])
const IN_KEY = /[\w.\\-]/

/** The key that ends before a position; empty for one in quotes that are escaped, which is a part of a value. */
function keyBefore(text: string, at: number): string {
  let end = at
  while (end > 0 && BETWEEN.has(text[end - 1] ?? '')) end -= 1
  if (text[end - 1] === '\\') return ''
  let start = end
  while (start > 0 && end - start <= LONGEST_NAME && IN_KEY.test(text[start - 1] ?? '')) start -= 1
  return text.slice(start, end)
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Walks without recursion, because a client decides how deep its JSON is. */
function hasSecretKey(json: object): boolean {
  const left: object[] = [json]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const isList = Array.isArray(next)
    for (const [key, value] of Object.entries(next)) {
      if (!isList && isSecretName(key)) return true
      if (typeof value === 'object' && value !== null) left.push(value)
    }
  }
  return false
}

/** Reads the escapes of a JSON key: `pass\u0077ord` is `password`. */
function unescaped(key: string): string {
  return key.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Stands where a secret was. */
export const MASK = '***'

/** A path and query with the values of secret parameters replaced, and without user names and passwords in addresses. */
export function withoutSecrets(target: string): string {
  const mark = target.indexOf('?')
  const masked =
    mark < 0
      ? target
      : target.slice(0, mark + 1) +
        target
          .slice(mark + 1)
          .split('&')
          .map((pair) => (isSecretName(nameIn(pair)) ? `${pair.split('=', 1)[0]}=${MASK}` : pair))
          .join('&')
  return withoutUserinfo(masked)
}

function nameIn(pair: string): string {
  const name = pair.split('=', 1)[0] ?? ''
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}

/** The user name and password before the host of an address. */
const USERINFO = /(\/\/)[^/\s"'@]+@/g

/** A text without the user names and passwords in its addresses. */
export function withoutUserinfo(text: string): string {
  return text.replace(USERINFO, `$1${MASK}@`)
}

/** Returns true for a path and query of {@link withoutSecrets} in which a secret parameter was replaced. */
export function hasMaskedParameter(target: string): boolean {
  const mark = target.indexOf('?')
  const pairs = mark < 0 ? [] : target.slice(mark + 1).split('&')
  return pairs.some((pair) => pair.endsWith(`=${MASK}`) && isSecretName(nameIn(pair)))
}

/** Returns true for a text of {@link withoutUserinfo} in which a user name was replaced. */
export function hasMaskedUserinfo(text: string | undefined): boolean {
  return text?.includes(`//${MASK}@`) ?? false
}
