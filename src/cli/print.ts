/** Prints lines for people. */
export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}

/** Prints a value for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Says something beside the answer, which standard output is for. */
export function remark(text: string): void {
  process.stderr.write(`ims-emulator: ${text}\n`)
}
