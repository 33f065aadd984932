/** The image state machine of a scenario: the only moves there are. */
export interface Machine {
  initial: string
  states: Readonly<Record<string, { on?: Readonly<Record<string, string>> | undefined }>>
}

/** Where an event leads from a state; undefined when the machine has no such move. */
export function move(machine: Machine, state: string, event: string): string | undefined {
  return machine.states[state]?.on?.[event]
}
