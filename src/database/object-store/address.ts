import { SetupError } from '../../lib/errors.ts'

/** The address of an S3-compatible server, with an access key and its secret key. */
export interface StoreAddress {
  /** Without keys, and without a slash at the end. */
  endpoint: string
  accessKey: string
  secretKey: string
}

/**
 * Reads the address of an object store.
 * @param url may hold the keys: `http://AK:SK@host:9000`.
 * @throws SetupError that does not repeat the URL, which may hold a secret.
 */
export function readStoreAddress(url: string, accessKey = '', secretKey = ''): StoreAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.search + parsed.hash !== '')
    throw new SetupError(
      '--object-store is no address of a server; write http://ACCESSKEY:SECRETKEY@host:9000, with %2F for a slash in a key',
    )
  const address = {
    endpoint: `${parsed.protocol}//${parsed.host}${parsed.pathname.replace(/\/+$/, '')}`,
    accessKey: accessKey || decoded(parsed.username),
    secretKey: secretKey || decoded(parsed.password),
  }
  if (address.accessKey === '' || address.secretKey === '')
    throw new SetupError(
      `the object store at ${address.endpoint} needs an access key and a secret key: write them into its URL as http://ACCESSKEY:SECRETKEY@host, or set IMS_OBJECT_STORE_ACCESS_KEY and IMS_OBJECT_STORE_SECRET_KEY`,
    )
  return address
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
