import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_WORLD, WorldWish } from './wish.ts'

/** The default world's files lie in the folder itself, those of every other in one of its own. */
export function folderOf(data: string | undefined, name: string): string | undefined {
  return data === undefined || name === DEFAULT_WORLD ? data : join(data, 'worlds', name)
}

/** The worlds that were there when the process ended last, and what was wished of each. */
export function keptWorlds(data: string | undefined): [string, WorldWish][] {
  const folder = data === undefined ? undefined : join(data, 'worlds')
  if (folder === undefined || !existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'world.json')))
    .sort()
    .map((name) => [
      name,
      WorldWish.parse(JSON.parse(readFileSync(join(folder, name, 'world.json'), 'utf8'))),
    ])
}

/** Keeps what was wished of a world, for the next process. */
export function keepWish(data: string | undefined, name: string, wish: WorldWish): void {
  const folder = folderOf(data, name)
  if (folder === undefined || name === DEFAULT_WORLD) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'world.json'), JSON.stringify(wish))
}

/** Removes what a world has on disk, but its snapshots; its journal too, unless that stays. */
export function removeFiles(data: string | undefined, name: string, journal?: 'journal stays'): void {
  const folder = folderOf(data, name)
  if (folder === undefined) return
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `${name}.sqlite${suffix}`), { force: true })
  rmSync(join(folder, 'blobs'), { recursive: true, force: true })
  if (journal === 'journal stays') return
  if (name === DEFAULT_WORLD) rmSync(join(folder, `${name}.journal.jsonl`), { force: true })
  else rmSync(folder, { recursive: true, force: true })
}
