import type { OptionWords, Words } from './words.ts'

/** A script for bash 3.2 and later. What nothing is known of is completed as a file. */
export function bashCompletion(words: readonly Words[]): string {
  const paths = words.flatMap(({ path }) => (path === '' ? [] : [`' ${path}'`]))
  const values = words.flatMap(({ path, options }) => options.flatMap((option) => valueCase(path, option)))
  const all = words.map(({ path, commands, options, choices }) => {
    const names = [...commands.map(({ name }) => name), ...choices]
    return `    ${pattern(path)}) names='${names.join(' ')}' flags='${options.flatMap(({ flags }) => flags).join(' ')}' ;;`
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

/** After an option with a value, what the value may be: some words, or what only its writer knows. */
function valueCase(path: string, { flags, takesValue, choices }: OptionWords): string[] {
  if (!takesValue) return []
  const patterns = flags.map((flag) => `'${path} ${flag}'`).join('|')
  const reply = choices.length === 0 ? '' : ` COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$cur"));`
  return [`    ${patterns})${reply} return ;;`]
}

function pattern(path: string): string {
  return `'${path}'`
}
