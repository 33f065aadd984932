import type { Rule } from '../../../src/simulation/rules/rule.ts'

/** A request of the property test, and the ms that pass before it. */
export interface Step {
  wait: number
  operation: string
  method: string
  project: string
  marker: string | null
  size: number | null
}

/** A rule of the property test. */
export interface Plan {
  operation?: string[]
  method?: string
  project?: string
  marker?: { equals?: string; matches?: string; present?: boolean; absent?: boolean; in?: string[] }
  size?: number[]
  after?: number
  before?: number
  nth?: number[]
  first?: number
  every?: number
  continue: boolean
  per: Rule['per']
}

/**
 * A plain implementation of rules: every rule that matches a request counts it. Rules are applied in order, up to and
 * including the first that does not continue.
 * @returns for each request the positions of the rules that are applied
 */
export function oracle(plans: readonly Plan[], steps: readonly Step[]): number[][] {
  const counts = plans.map(() => new Map<string, number>())
  let now = 0
  return steps.map((step) => {
    now += step.wait
    const happening: number[] = []
    let over = false
    plans.forEach((plan, i) => {
      if (!fitsPlan(plan, step, now)) return
      const owner = plan.per === 'project' ? step.project : 'all'
      const n = (counts[i]?.get(owner) ?? 0) + 1
      counts[i]?.set(owner, n)
      if (over || !isTurn(plan, n)) return
      happening.push(i)
      if (!plan.continue) over = true
    })
    return happening
  })
}

function isTurn({ nth, first, every }: Plan, n: number): boolean {
  if (nth !== undefined && !nth.includes(n)) return false
  if (first !== undefined && n > first) return false
  return every === undefined || n % every === 0
}

function fitsPlan(plan: Plan, step: Step, now: number): boolean {
  if (plan.operation !== undefined && !plan.operation.some((name) => namesOperation(name, step.operation)))
    return false
  if (plan.method !== undefined && plan.method !== step.method) return false
  if (plan.project !== undefined && plan.project !== step.project) return false
  if (plan.after !== undefined && now < plan.after) return false
  if (plan.before !== undefined && now >= plan.before) return false
  if (plan.size !== undefined && (step.size === null || !plan.size.includes(step.size))) return false
  return plan.marker === undefined || fitsMarker(plan.marker, step.marker)
}

function namesOperation(name: string, operation: string): boolean {
  if (name === '*' || name === 'service:ims') return true
  return name.endsWith('*') ? operation.startsWith(name.slice(0, -1)) : name === operation
}

function fitsMarker(wanted: NonNullable<Plan['marker']>, marker: string | null): boolean {
  if (wanted.absent === true || wanted.present === false) return marker === null
  if (marker === null) return false
  if (wanted.equals !== undefined && wanted.equals !== marker) return false
  if (wanted.in !== undefined && !wanted.in.includes(marker)) return false
  return wanted.matches === undefined || new RegExp(wanted.matches).test(marker)
}
