import { expect, test } from 'vitest'
import { drawBytes, hexId, isUuid, uuid } from '../../src/lib/ids.ts'

test('the same seed, purpose and number give the same id on every machine', () => {
  expect(uuid(drawBytes(1, 'image', 1))).toBe('2229b893-06bf-4f53-985a-a40a1e66c035')
  expect(hexId(drawBytes(1, 'job', 1))).toBe('24d9fca872d3472229b40aecc6b665c3')
})

test('another seed, purpose or number gives another id', () => {
  const ids = [drawBytes(1, 'a', 1), drawBytes(2, 'a', 1), drawBytes(1, 'b', 1), drawBytes(1, 'a', 2)].map(
    hexId,
  )
  expect(new Set(ids).size).toBe(4)
})

test('ids have the formats of the cloud', () => {
  const draw = () => drawBytes(7, 'shape', 1)
  expect(uuid(draw())).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(isUuid(uuid(draw()))).toBe(true)
  expect(hexId(draw())).toMatch(/^[0-9a-f]{32}$/)
})
