const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes a percent-encoded part of a path. A plus stays a plus, and bytes that came without encoding count as themselves.
 * @returns undefined for a broken escape, and for bytes that are no UTF-8.
 * @example decodePath('img%2Ff%C3%BC.qcow2') // 'img/fü.qcow2'
 */
export function decodePath(text: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined
  // Node's parser presents a byte as one character; a target that was made in process may have others.
  const bytes = /[^\0-\u00ff]/.test(text) ? Buffer.from(text).toString('latin1') : text
  const decoded = bytes.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  try {
    return UTF8.decode(Buffer.from(decoded, 'latin1'))
  } catch {
    return undefined
  }
}

/** Decodes a name or a value of a query, where a plus is a blank. Returns undefined as {@link decodePath} does. */
export function decodeQuery(text: string): string | undefined {
  return decodePath(text.replaceAll('+', ' '))
}

/** Encodes all characters but letters, digits, `-_.~` and those of `kept` as UTF-8 bytes in upper-case hex. */
export function percentEncoded(text: string, kept = ''): string {
  return Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte)
    if (/[A-Za-z0-9_.~-]/.test(character) || kept.includes(character)) return character
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}
