import type { OptionWords, Words } from './words.ts'

/** A function for zsh's own completion. What nothing is known of is completed as a file. */
export function zshCompletion(words: readonly Words[]): string {
  const paths = words.flatMap(({ path }) => (path === '' ? [] : [quoted(` ${path}`)]))
  const values = words.flatMap(({ path, options }) => options.flatMap((option) => valueCase(path, option)))
  const all = words.map(({ path, commands, options, choices }) => {
    const names = [
      ...commands.map(({ name, description }) => described(name, description)),
      ...choices.map(quoted),
    ]
    const flags = options.flatMap((option) => option.flags.map((flag) => described(flag, option.description)))
    return `    ${quoted(path)})
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

function valueCase(path: string, { flags, takesValue, choices }: OptionWords): string[] {
  if (!takesValue) return []
  const patterns = flags.map((flag) => quoted(`${path} ${flag}`)).join('|')
  const reply = choices.length === 0 ? '_files' : `compadd -- ${choices.map(quoted).join(' ')}`
  return [`    ${patterns}) ${reply}; return ;;`]
}

/** A word and what it is for, as _describe takes them. */
function described(word: string, description: string): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${description}`)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
