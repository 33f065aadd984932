import { Option } from 'commander'

/** Where a command finds a running emulator. */
export function urlOption(flag = '--url <url>'): Option {
  return new Option(flag, 'a running emulator').env('IMS_URL').default('http://127.0.0.1:7878')
}

/** Which of its worlds a command is about. */
export function worldOption(): Option {
  return new Option('--world <name>', 'one of its worlds').env('IMS_WORLD').default('default')
}
