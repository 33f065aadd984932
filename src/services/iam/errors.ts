import { STATUS_CODES } from 'node:http'
import { Refusal, type RefusalReply } from '../../lib/errors.ts'

/** The identity service refuses, in Keystone's form: an HTTP status with its title, and a sentence. */
export class IamError extends Refusal {
  constructor(status: number, sentence: string) {
    super(status, sentence)
    this.name = 'IamError'
  }

  /** Keystone's code is the status as a number. */
  render(): RefusalReply {
    const { status, message } = this
    return { status, body: { error: { code: status, message, title: STATUS_CODES[status] ?? 'Error' } } }
  }
}
