import type { z } from 'zod'
import type { Call } from '../contract/call.ts'
import type { DocumentedService } from '../contract/openapi.ts'
import {
  type Answer,
  type Contract,
  type ContractSpec,
  type Operation,
  operation,
  type RequestShape,
  type Responses,
  type TypedContract,
} from '../contract/operation.ts'
import type { ServiceFacts } from '../services/service.ts'
import type { Emulator } from '../worlds/emulator.ts'
import type { OpenWorld } from '../worlds/open-world.ts'

/** A call of the control plane: it sees the emulator, and of its world what only its keeper may do. */
export interface ControlCall extends Call {
  emulator: Emulator
  world: OpenWorld
  /** Every service that this server answers for, the control plane too. */
  services: readonly DocumentedService[]
  /** Routes a method and a path (with its query) as a request with them would be routed. */
  route(method: string, target: string): Promise<Route>
}

/** Where a request leads: to an operation, to a known path with other methods, or nowhere. */
export type Route =
  | { service: ServiceFacts; operation: Contract; params: Record<string, string> }
  | { service: ServiceFacts; allow: string }
  | undefined

/** Declares an operation of the control plane. */
export function controlOperation<Shape extends RequestShape, Replies extends Responses>(
  spec: ContractSpec<z.ZodObject<Shape>, Replies> & {
    handle(call: ControlCall, request: z.output<z.ZodObject<Shape>>): Answer | Promise<Answer>
  },
): Pick<Operation<ControlCall>, 'run'> & TypedContract<z.ZodObject<Shape>, Replies> {
  return operation<ControlCall, Shape, Replies>(spec)
}
