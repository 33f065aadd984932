import { gatewayError } from '../accounts/gateway-errors.ts'
import type { AccessDenied, CodedRefusal, Refusal, RefusalReply, RefusedRequest } from '../lib/errors.ts'
import { describeLimits, type JsonLimits } from '../lib/json.ts'

/** A rule of a contract that a request breaks: the path of the field, and the rule's message. */
export interface BrokenRule {
  path: string
  message: string
}

/** An error that a rule of the scenario asks for. */
export interface InjectedRefusal {
  status: number
  text: string
  /** The refusal of the rule's code, with this status and text; undefined for a rule without a code. */
  coded: CodedRefusal | undefined
}

/** The request that a refusal answers. */
export interface RefusedCall extends RefusedRequest {
  method: string
  url: string
  headers: Headers
}

/** How a service says no. */
export interface Refusals {
  /** A request that does not fit its contract. */
  invalid(broken: BrokenRule): Refusal
  /** A caller without the right to an action. */
  denied(error: AccessDenied): Refusal
  /** A request without the body that its contract declares. */
  missingBody(): Refusal
  /** A body that is not JSON. */
  malformedBody(): Refusal
  /** A JSON body that is larger than the service takes. */
  tooLargeBody(limits: JsonLimits): Refusal
  /** A known path with a method that it does not take; `allow` lists those that it takes. */
  method(method: string, path: string, allow: string): Refusal
  /** A path below the service's own paths that leads nowhere. */
  path(method: string, path: string): Refusal
  /** An error that a rule of the scenario injects. */
  injected(rule: InjectedRefusal): Refusal
  /** A fault of the emulator: the client learns no more than that. */
  fault(requestId: string): Refusal
  /** Turns an error that only this service knows into a refusal. */
  translate?(error: unknown): Refusal | undefined
  /** Renders a refusal otherwise than the refusal itself does. */
  render?(refusal: Refusal, request: RefusedCall): RefusalReply
}

/** The refusals that the gateway answers for a service behind it. */
export const GATEWAY_REFUSALS = {
  method: (method: string, _path: string, allow: string) =>
    gatewayError('APIGW.0103', { method, taken: allow }),
  path: (method: string, path: string) => gatewayError('APIGW.0101', { method, path }),
  injected: ({ coded, status, text }: InjectedRefusal) =>
    coded ?? gatewayError('APIGW.0601', {}, { status, text }),
  tooLargeBody: (limits: JsonLimits) => gatewayError('APIGW.0602', { limit: describeLimits(limits) }),
  fault: () => gatewayError('APIGW.0601'),
}

/** The refusals that a service has to say; those of the gateway stand for all others. */
export type RefusalsSpec = Omit<Refusals, keyof typeof GATEWAY_REFUSALS> & Partial<Refusals>
