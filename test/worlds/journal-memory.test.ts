import { describe, expect, test } from 'vitest'
import { createJournal } from '../../src/worlds/journal.ts'

const entry = (n: number) => ({
  requestId: String(n),
  at: n,
  duration: 0.5,
  service: 'ims',
  method: 'GET',
  path: '/',
  status: 200,
  unread: [],
  rules: [],
  headers: {},
})

describe('a journal', () => {
  test.each([
    ['that is empty', 0, []],
    ['with room left', 2, ['0', '1']],
    ['that is just full', 3, ['0', '1', '2']],
    ['that had to forget one', 4, ['1', '2', '3']],
    ['that was filled several times', 11, ['8', '9', '10']],
  ])('%s returns the latest entries, oldest first, and counts all', (_which, count, kept) => {
    const journal = createJournal({ capacity: 3 })
    for (let n = 0; n < count; n++) journal.add(entry(n))
    expect(journal.entries().map(({ requestId }) => requestId)).toEqual(kept)
    expect(journal.total).toBe(count)
  })

  test('starts over after it was cleared', () => {
    const journal = createJournal({ capacity: 3 })
    for (let n = 0; n < 5; n++) journal.add(entry(n))
    journal.clear()
    journal.add(entry(7))
    expect([journal.total, journal.entries()]).toEqual([1, [{ ...entry(7), number: 6 }]])
  })
})

describe('the room for bodies', () => {
  const withBody = (n: number, text: string) => ({ ...entry(n), sent: { size: text.length, text } })

  test('grows when an entry is forgotten', () => {
    const journal = createJournal({ capacity: 2, bodies: 10 })
    for (let n = 0; n < 9; n++) journal.add(withBody(n, 'aaaa'))
    expect(journal.entries().map(({ sent }) => sent?.text)).toEqual(['aaaa', 'aaaa'])
  })

  test('is whole when the journal is cleared', () => {
    const journal = createJournal({ bodies: 10 })
    for (let n = 0; n < 2; n++) journal.add(withBody(n, 'aaaa'))
    journal.clear()
    for (let n = 0; n < 2; n++) journal.add(withBody(n, 'aaaa'))
    expect(journal.entries().map(({ sent }) => sent?.text)).toEqual(['aaaa', 'aaaa'])
  })

  test('always holds the body of the latest entry, however long', () => {
    const journal = createJournal({ bodies: 10 })
    journal.add(withBody(1, 'a'.repeat(20)))
    expect(journal.entries()).toEqual([{ ...withBody(1, 'a'.repeat(20)), number: 1 }])
  })

  test('is taken from the oldest bodies first, also after whole entries were forgotten', () => {
    const journal = createJournal({ capacity: 3, bodies: 10 })
    for (const [n, text] of ['aa', 'bb', 'cc', 'dd', 'ffffffff'].entries()) journal.add(withBody(n, text))
    expect(journal.entries().map(({ sent }) => sent?.text)).toEqual([undefined, 'dd', 'ffffffff'])
  })

  test('counts the bodies of requests and answers together', () => {
    const journal = createJournal({ bodies: 10 })
    const body = { size: 4, text: 'aaaa' }
    for (let n = 0; n < 2; n++) journal.add({ ...entry(n), sent: body, answered: body })
    const forgotten = { size: 4, omitted: 'forgotten' }
    expect(journal.entries().map(({ sent, answered }) => [sent, answered])).toEqual([
      [forgotten, forgotten],
      [body, body],
    ])
  })
})

test('changes through the control plane are kept apart from requests of the cloud', () => {
  const journal = createJournal()
  journal.add(entry(1))
  journal.add({ ...entry(2), service: 'control', control: true })
  expect(journal.total).toBe(1)
  expect(journal.entries().map(({ number }) => number)).toEqual([1])
  expect(journal.withChanges().map(({ number }) => number)).toEqual([1, 2])
})

test('a journal is complete until it forgets an entry or is cleared', () => {
  const journal = createJournal({ capacity: 2 })
  const complete = [journal.complete]
  for (let n = 0; n < 3; n++) {
    journal.add(entry(n))
    complete.push(journal.complete)
  }
  expect(complete).toEqual([true, true, true, false])
  const cleared = createJournal()
  cleared.add(entry(1))
  cleared.clear()
  expect(cleared.complete).toBe(false)
})
