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

/** The keys of text that is not parsed: `key:` of JSON or YAML, and `key=` of a form. */
const KEYS = /["']?([\w.\\-]{1,128})["']?\s*[:=]/g

/** Whether a text has a field with a secret: JSON and forms by their structure, every other text by what looks like a key. */
export function holdsSecret(text: string): boolean {
  const json = parsed(text)
  if (json !== undefined) return hasSecretKey(json)
  for (const [, key = ''] of text.matchAll(KEYS)) if (isSecretName(unescaped(key))) return true
  return false
}

function parsed(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
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
          .map((pair) => (isSecretName(nameIn(pair)) ? `${pair.split('=', 1)[0]}=***` : pair))
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
  return text.replace(USERINFO, '$1***@')
}
