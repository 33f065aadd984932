import type { Scenario } from './scenario/schema.ts'

/**
 * How a world tells who calls. `lenient`: whatever token or access key is shown is somebody, and everybody may do
 * everything. `strict`: tokens must have been issued and not have ended, signatures must verify, roles and policies decide.
 */
type AuthMode = Scenario['auth']['mode']

/** The identity rules of one world; they start as the scenario says and can be changed while it runs. */
export interface Auth {
  mode: AuthMode
  /** How long a new token is good, ms of the world's time. */
  tokenLife: number
}

export function openAuth({ auth }: Scenario): Auth {
  return { mode: auth.mode, tokenLife: auth.token_life }
}
