import { STATUS_CODES } from 'node:http'
import { Refusal, type RefusalReply } from '../../lib/errors.ts'

/** A refusal of the identity service, in Keystone's form: an HTTP status with its title, and a sentence. */
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

/** The sentence of IAM.0004. A thing of another account is not found either. */
export function notFound(target: string, id: string): IamError {
  return new IamError(404, `Could not find ${target}: ${id}.`)
}

/** The sentence of IAM.0002, for requests that no right would allow. */
export function notAuthorized(): IamError {
  return new IamError(403, 'You are not authorized to perform the requested action.')
}

/** The same for an unknown user and a wrong password, so that clients cannot find out which users exist. */
export function wrongPassword(): IamError {
  return new IamError(401, 'The username or password is wrong.')
}

/** The same for an unknown access key and a wrong secret key. */
export function wrongAccessKey(): IamError {
  return new IamError(401, 'The access key or secret key is wrong.')
}

/** The sentence of IAM.0082. Only a caller that has proved to be the user gets it. */
export function disabledUser(name: string): IamError {
  return new IamError(403, `The user ${name} is disabled.`)
}

/** The sentence of IAM.1109: the account, or the agency, has no such project. */
export function noSuchProject(): IamError {
  return new IamError(400, 'The project information cannot be found.')
}
