import { IamError } from '../errors.ts'

/** The sentence of IAM.0004; what is another account's is not found either. */
export function notFound(target: string, id: string): IamError {
  return new IamError(404, `Could not find ${target}: ${id}.`)
}

/** The sentence of IAM.0002, for what no right would allow. */
export function notAuthorized(): IamError {
  return new IamError(403, 'You are not authorized to perform the requested action.')
}

/** Whether there is no such user or the password is another one is nobody's business. */
export function wrongPassword(): IamError {
  return new IamError(401, 'The username or password is wrong.')
}

/** The same for access keys: the key and its secret are wrong together. */
export function wrongAccessKey(): IamError {
  return new IamError(401, 'The access key or secret key is wrong.')
}

/** The sentence of IAM.0082. It is said only to somebody who has proved to be the user. */
export function disabledUser(name: string): IamError {
  return new IamError(403, `The user ${name} is disabled.`)
}

/** The sentence of IAM.1109: the account, or the agency, has no project that could be meant. */
export function noSuchProject(): IamError {
  return new IamError(400, 'The project information cannot be found.')
}
