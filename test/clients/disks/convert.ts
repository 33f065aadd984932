import { convertDisk } from '../../../src/lib/disk-image/convert.ts'

// Converts a disk: `convert.ts SOURCE FORMAT TARGET`. It prints the MiB of memory that it took beyond those at its start.

const FORMATS = ['raw', 'qcow2', 'vhd', 'vmdk', 'zvhd', 'zvhd2'] as const
const [source = '', wanted, target = ''] = process.argv.slice(2)
const format = FORMATS.find((name) => name === wanted)
if (format === undefined) throw new Error(`${wanted} is none of ${FORMATS.join(', ')}`)

const MIB = 2 ** 20
const before = process.memoryUsage.rss()
let most = before
const watch = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss())
}, 10)
await convertDisk(source, format, target)
clearInterval(watch)
console.log(Math.ceil((Math.max(most, process.memoryUsage.rss()) - before) / MIB))
