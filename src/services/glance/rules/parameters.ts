/**
 * Parameters of a query in the order they came, some of them several times. Glance takes the first of a name when it
 * takes one out, and sees the last when it looks one up.
 */
export class Parameters {
  private items: (readonly [string, string])[]

  constructor(items: Iterable<readonly [string, string]>) {
    this.items = [...items]
  }

  copy(): Parameters {
    return new Parameters(this.items)
  }

  has(name: string): boolean {
    return this.items.some(([key]) => key === name)
  }

  /** The last value of a name. */
  last(name: string): string | undefined {
    return this.items.findLast(([key]) => key === name)?.[1]
  }

  /** The first value of a name, which is gone then. */
  take(name: string): string | undefined {
    const at = this.items.findIndex(([key]) => key === name)
    return at < 0 ? undefined : this.items.splice(at, 1)[0]?.[1]
  }

  /** Every value of a name, all gone then. */
  takeAll(name: string): string[] {
    const found = this.items.filter(([key]) => key === name).map(([, value]) => value)
    this.items = this.items.filter(([key]) => key !== name)
    return found
  }

  /** Each name once, where it stands first, with its last value. */
  entries(): Map<string, string> {
    return new Map(this.items)
  }
}
