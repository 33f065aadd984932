const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The text that a client meant by a target or a header value. HTTP hands them over one character per byte; Go and Python
 * send and sign UTF-8, Node sends Latin-1 and signs the letters. Bytes that are valid UTF-8 are read so.
 */
export function wireText(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value) || /[\u0100-\uffff]/.test(value)) return value
  try {
    return UTF8.decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}
