import type { Context } from './context.ts'
import type { Connection } from './http.ts'

const UNPROTECT = '[{"op":"replace","path":"/protected","value":false}]'

/** Deletes the images a scenario left behind, as the administrator; this is no part of the recording. */
export async function cleanUp(context: Context, connection: Connection): Promise<void> {
  for (const id of context.images) {
    try {
      await deleteImage(context, connection, id)
    } catch {
      // A server that breaks off here differs in an exchange too, and is reported there.
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
