import type { z } from 'zod'

/** The mistakes in a value, each as `path: message`. */
export function mistakesOf(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value)
  return (error?.issues ?? []).flatMap(leaves).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

function leaves(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  return issue.errors.flatMap((issues) =>
    issues.flatMap((inner) => leaves({ ...inner, path: [...issue.path, ...inner.path] })),
  )
}
