import { FixtureMistake, fixtureSection, Id, record } from '../../simulation/fixtures.ts'
import { defineNeighbour } from '../service.ts'
import { bucketRegion, insertBucketRegion } from './tables.ts'

/** A bucket that is in one region only. A bucket that no fixture names can be read from every region. */
const Bucket = record({ name: Id, region: Id })

const bucketFixtures = {
  buckets: fixtureSection({
    item: Bucket,
    after: [],
    add({ world }, items) {
      for (const { name, region } of items) {
        if (bucketRegion(world.db, name) !== undefined)
          throw new FixtureMistake(`a region for bucket ${name} is there already`, true)
        insertBucketRegion(world.db, name, region)
      }
    },
  }),
} as const

export const obs = defineNeighbour({
  id: 'obs',
  title: 'Object Storage Service',
  description: 'Buckets, from which images are imported and to which they are exported.',
  fixtures: bucketFixtures,
})
