import { firstUser } from '../accounts/queries/identity.ts'
import { findProject } from '../accounts/queries/projects.ts'
import { inOnePiece } from '../contract/media-type.ts'
import { handle, reply } from '../contract/operation.ts'
import { ControlError } from '../lib/errors.ts'
import { wireSeconds } from '../lib/time.ts'
import { type ImageTable, imageListTable } from '../services/ims/images/image-list-table.ts'
import type { OpenWorld } from '../worlds/open-world.ts'
import type { ControlCall } from './call.ts'
import * as contract from './contract/image-list.ts'

/** A table and the name of its file without the extension: `private-images-cn-north-4-20260101T000000Z`. */
interface ExportedList {
  table: ImageTable
  name: string
}

/** @throws ControlError 404 for an unknown project, or for an id that is no image of the list. */
function exportedList(
  world: OpenWorld,
  { imagetype, ids, project_id: id }: contract.ListQuery,
): ExportedList {
  const project = id === undefined ? firstUser(world.db)?.project : findProject(world.db, id)
  if (project === undefined)
    throw new ControlError(404, `project_id: there is no project ${id ?? 'in this world'}`)
  const { table, unknown } = imageListTable(world, { list: imagetype, projectId: project.id, ids })
  if (unknown.length > 0)
    throw new ControlError(404, `ids: no ${imagetype} image of the project has the id ${unknown.join(', ')}`)
  const time = wireSeconds(world.clock.now()).replace(/[-:]/g, '')
  return { table, name: `${imagetype}-images-${project.region}-${time}` }
}

function fileHeaders(name: string, type: string) {
  return { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` }
}

/** A cell of CSV: in quotes when a comma, a quote or the end of a line is in it. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const exportAsCsv = handle(contract.exportListAsCsv, ({ world }: ControlCall, { query }) => {
  const { table, name } = exportedList(world, query)
  const lines = [table.header, ...table.rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
  return reply(200, { body: lines.join(''), headers: fileHeaders(`${name}.csv`, 'text/csv; charset=utf-8') })
})

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const exportAsXlsx = handle(contract.exportListAsXlsx, async ({ world }: ControlCall, { query }) => {
  const { table, name } = exportedList(world, query)
  const { default: writeWorkbook } = await import('write-excel-file/node')
  const header = table.header.map((value) => ({ value, type: String, fontWeight: 'bold' as const }))
  const rows = table.rows.map((cells) => cells.map((value) => ({ value, type: String })))
  const workbook = await writeWorkbook([header, ...rows], { sheet: 'Images' }).toBuffer()
  return reply(200, { bytes: inOnePiece(workbook), headers: fileHeaders(`${name}.xlsx`, XLSX) })
})

export const imageListOperations = [exportAsCsv, exportAsXlsx]
