import type { z } from 'zod'
import type { Call } from '../contract/call.ts'
import type { DocumentedService } from '../contract/openapi.ts'
import type { Contract, RequestShape, Responses, TypedContract } from '../contract/operation.ts'
import type { ServiceFacts } from '../services/service.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { OpenWorld } from '../worlds/open-world.ts'

/** What an operation of the control plane gets: the emulator, and its world with everything that clients never see. */
export interface ControlCall extends Call {
  emulator: Emulator
  world: OpenWorld
  /** Every service that this server answers for, the control plane included. */
  services: readonly DocumentedService[]
  /** Routes a method and a path (with its query) as a request with them would be routed. */
  route(method: string, target: string): Promise<Route>
}

/** Where a request leads: to an operation, to a known path with other methods, or nowhere. */
export type Route =
  | { service: ServiceFacts; operation: Contract; params: Record<string, string> }
  | { service: ServiceFacts; allow: string }
  | undefined

/**
 * Gives a contract the schema by which the server parses the body. The contract itself knows only its type, so that
 * clients need not load rules, scenarios and fixtures.
 * @example handle(withBody(contract.addRule, Rule), ({ world }: ControlCall, { body }) => …)
 */
export function withBody<
  Shape extends RequestShape & { body: z.ZodType },
  Replies extends Responses,
  Body extends z.ZodType,
>(
  { conditions: _, ...declared }: TypedContract<z.ZodObject<Shape>, Replies>,
  body: z.input<Shape['body']> extends z.input<Body> ? Body : never,
) {
  return { ...declared, conditions: [], request: declared.request.extend({ body }) }
}
