import type { Scenario } from './scenario/schema.ts'

/**
 * How a world identifies callers. `lenient` takes any token and access key and allows everything. `strict` verifies tokens
 * and signatures and enforces roles and policies.
 */
type AuthMode = Scenario['auth']['mode']

/** The identity rules of one world. They start as in the scenario and can be changed while the world runs. */
export interface Auth {
  mode: AuthMode
  /** Life of a new token, virtual ms. */
  tokenLife: number
}

export function openAuth({ auth }: Scenario): Auth {
  return { mode: auth.mode, tokenLife: auth.token_life }
}
