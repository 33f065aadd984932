import type { Context } from './context.ts'
import type { Connection } from './http.ts'

const UNPROTECT = '[{"op":"replace","path":"/protected","value":false}]'

/** Deletes, as the administrator, the images that a scenario left behind. The recordings do not contain these requests. */
export async function cleanUp(context: Context, connection: Connection): Promise<void> {
  for (const id of context.images) {
    try {
      await deleteImage(context, connection, id)
    } catch {
      // A server that closes the connection here also differs in an exchange, and is reported there.
    }
  }
}

async function deleteImage(context: Context, connection: Connection, id: string): Promise<void> {
  const path = `/v2/images/${id}`
  const headers = { 'X-Auth-Token': context.tokens.admin?.token ?? '' }
  const { status } = await connection.send({ method: 'DELETE', path, headers })
  if (status !== 403) return
  const patchHeaders = { ...headers, 'Content-Type': 'application/openstack-images-v2.1-json-patch' }
  await connection.send({ method: 'PATCH', path, headers: patchHeaders, body: Buffer.from(UNPROTECT) })
  await connection.send({ method: 'DELETE', path, headers })
}
