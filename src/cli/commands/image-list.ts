import { connectWorld } from '../../client/emulator-client.ts'
import { SetupError } from '../../lib/errors.ts'
import type { WorldFlags } from '../address.ts'
import { bytesInWords, printJson, printLines, saveBytes } from '../output.ts'

interface ListFlags {
  public?: boolean
  ids?: string
  project?: string
}

/**
 * `image export-list`: writes the list of images to a file, or to standard output as CSV.
 * @throws SetupError for a file that is neither .csv nor .xlsx.
 */
export async function exportList(
  file: string | undefined,
  { url, world, json, public: isPublic, ids, project }: WorldFlags & ListFlags,
): Promise<void> {
  const format = formatOf(file)
  const client = await connectWorld(url, world)
  const bytes = await client.imageList({
    format,
    imagetype: isPublic ? 'public' : 'private',
    ...(ids !== undefined && { ids: ids.split(',') }),
    ...(project !== undefined && { projectId: project }),
  })
  if (file === undefined) {
    const text = await new Response(bytes).text()
    if (json) printJson({ csv: text })
    else process.stdout.write(text)
    return
  }
  const size = await saveBytes(file, bytes)
  if (json) printJson({ file, bytes: size })
  else printLines([`${file} is written: ${bytesInWords(size)}`])
}

function formatOf(file = '.csv'): 'csv' | 'xlsx' {
  if (/\.csv$/i.test(file)) return 'csv'
  if (/\.xlsx$/i.test(file)) return 'xlsx'
  throw new SetupError(`the name of ${file} tells no format; let it end in .csv or .xlsx`)
}
