import { inflateRawSync } from 'node:zlib'

/** The files of a ZIP archive by name, read by its central directory. */
function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  const files = new Map<string, Buffer>()
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset))
    const name = archive.toString('utf8', at + 46, at + 46 + (nameLength ?? 0))
    const header = archive.readUInt32LE(at + 42)
    const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28)
    const packed = archive.subarray(start, start + archive.readUInt32LE(at + 20))
    files.set(name, archive.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed))
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0)
  }
  return files
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function plain(xml: string): string {
  return xml.replace(/<[^>]+>/g, '').replace(/&(\w+);/g, (_, name: string) => ENTITIES[name] ?? '')
}

/** The texts in the cells of the first sheet of a workbook, row by row; an empty cell is an empty text. */
export function workbookRows(workbook: Buffer): string[][] {
  const files = unzip(workbook)
  const xml = (name: string) => files.get(name)?.toString('utf8') ?? ''
  const texts = [...xml('xl/sharedStrings.xml').matchAll(/<si>(.*?)<\/si>/gs)].map(([, si = '']) => plain(si))
  return [...xml('xl/worksheets/sheet1.xml').matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row = '']) => {
    const cells: string[] = []
    for (const [, attributes = '', , value = ''] of row.matchAll(/<c ([^>]*?)(\/>|>(.*?)<\/c>)/gs)) {
      const letters = /r="([A-Z]+)\d+"/.exec(attributes)?.[1] ?? 'A'
      const text = plain(value)
      cells[letters.charCodeAt(0) - 65] = attributes.includes('t="s"') ? (texts[Number(text)] ?? '') : text
    }
    return Array.from(cells, (cell) => cell ?? '')
  })
}
