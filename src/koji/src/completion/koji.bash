# Completion of koji in bash. The program itself says what fits.
# For another name of the program: complete -o nosort -F _koji NAME

_koji() {
    local word=${COMP_WORDS[COMP_CWORD]} offers
    offers=$("$1" @WORD@ bash "${COMP_LINE:0:COMP_POINT}" "$word" 2>/dev/null)
    if [ "$offers" = '!files' ]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
    fi
    COMPREPLY=()
    [ -n "$offers" ] && mapfile -t COMPREPLY <<<"$offers"
    # an option that waits for its value after =
    [ ${#COMPREPLY[@]} -eq 1 ] && [ "${COMPREPLY[0]: -1}" = = ] && compopt -o nospace 2>/dev/null
    return 0
}

complete -F _koji koji
