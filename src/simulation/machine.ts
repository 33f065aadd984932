/** The image state machine of a scenario: states, and the moves between them. */
export interface Machine {
  initial: string
  states: Readonly<Record<string, { on?: Readonly<Record<string, string>> | undefined }>>
}

/** The state to which an event leads; undefined when the machine has no such move. */
export function move(machine: Machine, state: string, event: string): string | undefined {
  return machine.states[state]?.on?.[event]
}
