import { describe, expect, test } from 'vitest'
import { graceTime, hostNames, portNumber } from '../../src/cli/declarations/start.ts'

describe('host names', () => {
  test.each([
    ['ims', ['ims']],
    ['ims.test,ims.test.svc.cluster.local', ['ims.test', 'ims.test.svc.cluster.local']],
    [' a  b, c', ['a', 'b', 'c']],
  ])('%j is parsed to %j', (text, names) => {
    expect(hostNames(text)).toEqual(names)
  })

  test('are added to those of earlier options', () => {
    expect(hostNames('b', ['a'])).toEqual(['a', 'b'])
  })
})

test('a port that Kubernetes has set is rejected with advice', () => {
  expect(() => portNumber('tcp://10.0.0.1:7878')).toThrow(/enableServiceLinks: false/)
})

describe('the grace', () => {
  test.each([
    ['5s', 5000],
    ['0s', 0],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
  ])('%s is parsed to %i ms', (text, ms) => {
    expect(graceTime(text)).toBe(ms)
  })

  test.each(['5', '', 'soon', '-1s', '61m'])('%j is rejected', (text) => {
    expect(() => graceTime(text)).toThrow('Give a duration up to 1h, such as 5s or 500ms.')
  })
})
