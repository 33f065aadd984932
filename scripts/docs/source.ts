/** A statement of a formatted source file: its first line and the lines that belong to it. */
export interface Statement {
  /** Number of its first line, from 1. */
  line: number
  indent: number
  text: string
}

const indentOf = (line: string) => line.length - line.trimStart().length

/**
 * Cuts a formatted file into statements, nested ones too: a statement goes on over lines that are indented further, and
 * over closing brackets at its own indentation. The formatter of the project sees to it that this is true.
 */
export function statementsOf(source: string): Statement[] {
  const lines = source.split('\n')
  return lines.flatMap((first, n): Statement[] => {
    if (first.trim() === '' || /^\s*[)}\]]/.test(first)) return []
    const indent = indentOf(first)
    let end = n + 1
    while (end < lines.length) {
      const line = lines[end] ?? ''
      const deeper = line.trim() === '' || indentOf(line) > indent
      if (!deeper && !(indentOf(line) === indent && /^\s*[)}\]]/.test(line))) break
      end += 1
    }
    return [{ line: n + 1, indent, text: lines.slice(n, end).join('\n').trimEnd() }]
  })
}

/** A text in quotes of any kind, at the start of what is given; undefined when none stands there. */
export function leadingText(source: string): string | undefined {
  const match = /^\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/s.exec(source)
  return match
    ?.slice(1)
    .find((part) => part !== undefined)
    ?.replace(/\\'/g, "'")
}

/** All texts in quotes, with where they begin. */
export function textsIn(source: string): { at: number; text: string }[] {
  const quoted = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/gs
  return [...source.matchAll(quoted)].map((match) => ({
    at: match.index,
    text: match.slice(1).find((part) => part !== undefined) ?? '',
  }))
}
