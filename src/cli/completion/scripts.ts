/*
 * Each script asks `harrier __complete -- WORDS` and gets what the shell should offer by itself (files, folders, none),
 * then candidates. Words go to the program as arguments: neither they nor the names of hunts are ever evaluated.
 */

const bash = `# bash completion for harrier; load it with: source <(harrier completion bash)
_harrier() {
  local current=\${COMP_WORDS[COMP_CWORD]} program=\${COMP_WORDS[0]} offers='' value rest quoted prefix=''
  local -a values=()
  [[ $program == '~/'* ]] && program=$HOME/\${program:2}
  COMPREPLY=()
  {
    read -r offers
    while IFS=$'\\t' read -r value rest; do values+=("$value"); done
  } < <("$program" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  # Without candidates of its own, Bash offers files.
  [[ $offers == none ]] && compopt +o default 2>/dev/null
  if [[ $offers == folders ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$current")
    return
  fi
  if (( \${#values[@]} > 0 )) && [[ $offers == files ]]; then
    while IFS= read -r value; do
      [[ -d $value ]] && value+=/
      values+=("$value")
    done < <(compgen -f -- "$current")
    [[ \${#values[@]} == 1 && \${values[0]} == */ ]] && compopt -o nospace 2>/dev/null
  fi
  # Bash breaks words at = unless it is configured not to.
  [[ $current == --*=* ]] && prefix=\${current%%=*}=
  for value in "\${values[@]}"; do
    printf -v quoted %q "$value"
    # Within quotes that are open, only what needs none is safe.
    [[ $current == [\\"\\']* && $quoted != "$value" ]] && continue
    COMPREPLY+=("$prefix$quoted")
  done
}
complete -o default -F _harrier harrier
`;

const zsh = `#compdef harrier
# zsh completion for harrier; load it with: source <(harrier completion zsh)
_harrier() {
  local -a lines described words_before
  local line
  (( CURRENT > 2 )) && words_before=("\${(@Q)words[2,CURRENT-1]}")
  lines=("\${(@f)$(\${(Q)~words[1]} __complete -- "\${words_before[@]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  compset -P '--*='
  for line in "\${(@)lines[2,-1]}"; do
    [[ -n $line ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( \${#described} )) && _describe -t values harrier described
  case $lines[1] in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _harrier ]]; then
  _harrier "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _harrier harrier
fi
`;

const fish = `# fish completion for harrier; keep it in ~/.config/fish/completions/harrier.fish
function __harrier_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($before[1] __complete -- $before[2..] "$current" 2>/dev/null)
    # Fish takes --format=json for one word.
    set -l prefix (string match -r -- '^--[^=]+=' "$current")
    for line in $lines[2..]
        printf '%s%s\\n' "$prefix" $line
    end
    switch "$lines[1]"
        case files
            __fish_complete_path (string replace -- "$prefix" '' "$current")
        case folders
            __fish_complete_directories (string replace -- "$prefix" '' "$current")
    end
end
complete -c harrier -e
complete -c harrier -f -a '(__harrier_complete)'
`;

/** What each shell is to run to complete harrier's command lines. */
export const scripts = { bash, zsh, fish } as const;
