import { z } from 'zod'
import { bytesSentAs, sentAs } from '../../contract/media-type.ts'
import { contract } from '../../contract/operation.ts'

const ListQuery = z.strictObject({
  imagetype: z.enum(['private', 'public'], 'imagetype is private or public').default('private'),
  /** Ids with commas between them; all images of the list without it. */
  ids: z
    .string()
    .min(1, 'ids are separated by commas')
    .transform((text) => text.split(','))
    .optional(),
  /** The project whose private images are listed; that of the demo user by default. */
  project_id: z.string().min(1).optional(),
})
export type ListQuery = z.output<typeof ListQuery>

export const exportListAsCsv = contract({
  id: 'ControlExportListAsCsv',
  method: 'GET',
  path: '/_ims/images.csv',
  summary: 'The list of private or public images as the console exports it, as CSV (RFC 4180)',
  request: z.object({ query: ListQuery }),
  responses: { 200: sentAs('text/csv', z.string()) },
})

export const exportListAsXlsx = contract({
  id: 'ControlExportListAsXlsx',
  method: 'GET',
  path: '/_ims/images.xlsx',
  summary: 'The list of private or public images as the console exports it, as an Excel workbook',
  request: z.object({ query: ListQuery }),
  responses: { 200: bytesSentAs('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet') },
})
