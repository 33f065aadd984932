import type { Command } from 'commander'
import { type OptionWords, type Words, wordsOf } from './words.ts'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** A shell that has a completion script. */
export type Shell = keyof typeof SCRIPTS

/**
 * Renders the script that completes the commands, options and fixed values of a program. Values that are not fixed are completed
 * as file names.
 */
export function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell](wordsOf(program))
}

/** Runs in bash 3.2, which macOS ships, and later. */
function bashCompletion(words: readonly Words[]): string {
  const paths = words.flatMap(({ path }) => (path === '' ? [] : [`' ${path}'`]))
  const values = words.flatMap(({ path, options }) => options.flatMap((each) => bashValues(path, each)))
  const all = words.map(({ path, commands, options, choices }) => {
    const names = [...commands.map(({ name }) => name), ...choices]
    return `    '${path}') names='${names.join(' ')}' flags='${options.flatMap(({ flags }) => flags).join(' ')}' ;;`
  })
  return `# ims-emulator completion bash: source <(ims-emulator completion bash)
_ims_emulator() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' word names='' flags=''
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${paths.join('|')}) path="$path $word" ;;
    esac
  done
  path=\${path# }
  case "$path $prev" in
${values.join('\n')}
  esac
  case "$path" in
${all.join('\n')}
  esac
  case "$cur" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$names" -- "$cur")) ;;
  esac
}
complete -o default -F _ims_emulator ims-emulator
`
}

/** After an option with a value: offers its fixed values, or leaves the word to file completion. */
function bashValues(path: string, { flags, takesValue, choices }: OptionWords): string[] {
  if (!takesValue) return []
  const patterns = flags.map((flag) => `'${path} ${flag}'`).join('|')
  const reply = choices.length === 0 ? '' : ` COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$cur"));`
  return [`    ${patterns})${reply} return ;;`]
}

/** A function for the completion system of zsh; it works from a folder of $fpath and when sourced. */
function zshCompletion(words: readonly Words[]): string {
  const paths = words.flatMap(({ path }) => (path === '' ? [] : [zshQuoted(` ${path}`)]))
  const values = words.flatMap(({ path, options }) => options.flatMap((each) => zshValues(path, each)))
  const all = words.map(({ path, commands, options, choices }) => {
    const names = [
      ...commands.map(({ name, description }) => described(name, description)),
      ...choices.map(zshQuoted),
    ]
    const flags = options.flatMap((option) => option.flags.map((flag) => described(flag, option.description)))
    return `    ${zshQuoted(path)})
      names=(${names.join(' ')})
      flags=(${flags.join(' ')}) ;;`
  })
  return `#compdef ims-emulator
# ims-emulator completion zsh > a folder of $fpath, as _ims-emulator
_ims-emulator() {
  local where='' word prev=\${words[CURRENT-1]}
  local -a names flags
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$where $word" in
      ${paths.join('|')}) where="$where $word" ;;
    esac
  done
  where=\${where# }
  case "$where $prev" in
${values.join('\n')}
  esac
  case "$where" in
${all.join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option flags
  elif (( \${#names} )); then
    _describe command names
  else
    _files
  fi
}
if [[ \${funcstack[1]} == _ims-emulator ]]; then
  _ims-emulator "$@"
else
  compdef _ims-emulator ims-emulator
fi
`
}

function zshValues(path: string, { flags, takesValue, choices }: OptionWords): string[] {
  if (!takesValue) return []
  const patterns = flags.map((flag) => zshQuoted(`${path} ${flag}`)).join('|')
  const reply = choices.length === 0 ? '_files' : `compadd -- ${choices.map(zshQuoted).join(' ')}`
  return [`    ${patterns}) ${reply}; return ;;`]
}

/** A word and its description in the form of _describe, where a colon separates them. */
function described(word: string, description: string): string {
  return zshQuoted(`${word.replaceAll(':', '\\:')}:${description}`)
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A `complete` declaration for each word, on the condition that the words before the cursor name its command. */
function fishCompletion(words: readonly Words[]): string {
  const paths = words.flatMap(({ path }) => (path === '' ? [] : [fishQuoted(` ${path}`)]))
  return `# ims-emulator completion fish > ~/.config/fish/completions/ims-emulator.fish
function __ims_emulator_at
    set -l where ''
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        switch "$where $word"
            case ${paths.join(' ')}
                set where "$where $word"
        end
    end
    test "$where" = "$argv[1]"
end
${words.flatMap(fishLines).join('\n')}
`
}

function fishLines({ path, commands, options, choices }: Words): string[] {
  const condition = `__ims_emulator_at ${fishQuoted(path === '' ? '' : ` ${path}`)}`
  const at = `complete -c ims-emulator -n ${fishQuoted(condition)}`
  return [
    ...commands.map(
      ({ name, description }) => `${at} -f -a ${fishQuoted(name)} -d ${fishQuoted(description)}`,
    ),
    ...choices.map((choice) => `${at} -f -a ${fishQuoted(choice)}`),
    ...options.map((option) => `${at} ${fishOption(option)} -d ${fishQuoted(option.description)}`),
  ]
}

function fishOption({ flags, takesValue, choices }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
  if (!takesValue) return names.join(' ')
  const values = choices.length > 0 ? ['-f', '-a', fishQuoted(choices.join(' '))] : []
  return [...names, '-r', ...values].join(' ')
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
