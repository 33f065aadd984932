import { listRegions } from '../../../accounts/queries/projects.ts'
import type { World } from '../../../simulation/world.ts'
import { notFound } from './refusals.ts'

export interface Region {
  id: string
  english: string
  chinese: string
}

/** What people call the regions; one that is not here is called by its id. */
const NAMES: Readonly<Record<string, readonly [english: string, chinese: string]>> = {
  'af-south-1': ['AF-Johannesburg', '非洲-约翰内斯堡'],
  'ap-southeast-1': ['CN-Hong Kong', '中国-香港'],
  'ap-southeast-2': ['AP-Bangkok', '亚太-曼谷'],
  'ap-southeast-3': ['AP-Singapore', '亚太-新加坡'],
  'cn-east-2': ['CN East-Shanghai2', '华东-上海二'],
  'cn-east-3': ['CN East-Shanghai1', '华东-上海一'],
  'cn-north-1': ['CN North-Beijing1', '华北-北京一'],
  'cn-north-4': ['CN North-Beijing4', '华北-北京四'],
  'cn-south-1': ['CN South-Guangzhou', '华南-广州'],
  'cn-southwest-2': ['CN Southwest-Guiyang1', '西南-贵阳一'],
}

/** The regions in which anybody has a project. */
export function listNamedRegions({ db }: World): Region[] {
  return listRegions(db).map((id) => {
    const [english, chinese] = NAMES[id] ?? [id, id]
    return { id, english, chinese }
  })
}

/** @throws IamError 404 */
export function showRegion(world: World, id: string): Region {
  const region = listNamedRegions(world).find((one) => one.id === id)
  if (region === undefined) throw notFound('region', id)
  return region
}
