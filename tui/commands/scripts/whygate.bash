# bash completion for whygate. What comes next is asked of whygate itself: see `whygate completion --help`.
_whygate() {
    local line=${COMP_LINE:0:COMP_POINT} kind='' text name
    COMPREPLY=()
    while IFS= read -r text; do
        if [[ -z $kind ]]; then
            kind=$text
        else
            COMPREPLY+=("$text")
        fi
    done < <(command whygate completion bash --line="$line" --breaks="$COMP_WORDBREAKS" 2>/dev/null)
    [[ $kind == files ]] || return 0
    if [[ ${#COMPREPLY[@]} -eq 0 ]] && compopt -o default +o nospace 2>/dev/null; then
        return 0 # file names alone: readline knows best
    fi
    while IFS= read -r name; do
        text=$(printf '%q' "$name")
        if [[ -d $name ]]; then
            COMPREPLY+=("$text/")
        else
            COMPREPLY+=("$text ")
        fi
    done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -o nospace -F _whygate whygate
