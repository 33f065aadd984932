import { Worker } from 'node:worker_threads'
import { SetupError } from '../../lib/errors.ts'
import { type LoadedScenario, readSentScenario, type SentScenario } from './load.ts'
import { type Mistake, ScenarioMistakes } from './mistakes.ts'

/** Characters of a text that is read at once: at worst in some hundredths of a second. */
const LONGEST_AT_ONCE = 8192

/** What the thread answers: a scenario, the mistakes in it, or one sentence. */
export type ThreadAnswer =
  | { loaded: LoadedScenario }
  | { mistakes: readonly Mistake[]; further: number }
  | { problem: string }

/** Returns true for a text that is read in a thread, because no other request would be answered while it is read. */
export function isLongScenario(text: string): boolean {
  return text.length > LONGEST_AT_ONCE
}

/** The thread that reads now; the next begins when it has ended, so that many long texts take one processor, not all. */
let busy: Promise<unknown> = Promise.resolve()

/**
 * Reads a scenario that was sent as `readSentScenario` does. A long text is read in a thread of its own, so that other
 * requests are answered meanwhile.
 * @throws SetupError with every mistake in the scenario.
 */
export async function readSentAside(sent: SentScenario): Promise<LoadedScenario> {
  if (!isLongScenario(sent.text)) return readSentScenario(sent)
  const answer = busy.then(() => readInThread(sent))
  busy = answer.catch(() => undefined)
  return loadedOf(await answer)
}

/** @throws SetupError for mistakes. */
function loadedOf(answer: ThreadAnswer): LoadedScenario {
  if ('loaded' in answer) return answer.loaded
  if ('problem' in answer) throw new SetupError(answer.problem)
  throw new ScenarioMistakes(answer.mistakes, answer.further)
}

function readInThread(sent: SentScenario): Promise<ThreadAnswer> {
  const file = import.meta.url.endsWith('.ts') ? 'sent-thread.ts' : 'sent-thread.js'
  // Flags of this process, such as those of a test runner, are not for the thread.
  const worker = new Worker(new URL(file, import.meta.url), { workerData: sent, execArgv: [] })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the thread that reads scenarios ended without an answer')))
  })
}
