#compdef koji
# Completion of koji in zsh. The program itself says what fits.
# For another name of the program: compdef _koji NAME

_koji() {
    local -a lines values shown
    local line
    lines=("${(@f)$("${(Q)words[1]}" @WORD@ zsh "${(@Q)words[1,CURRENT]}" 2>/dev/null)}")
    if [[ "$lines[1]" == '!files' ]]; then
        _files
        return
    fi
    for line in $lines; do
        [[ -n "$line" ]] || continue
        values+=("${line%%$'\t'*}")
        if [[ -n "${line#*$'\t'}" ]]; then
            shown+=("${line%%$'\t'*}  -- ${line#*$'\t'}")
        else
            shown+=("${line%%$'\t'*}")
        fi
    done
    (( $#values )) && compadd -l -d shown -- "${values[@]}"
}

if [[ "$funcstack[1]" == _koji ]]; then
    _koji "$@"
else
    compdef _koji koji
fi
