# Completion of koji in fish. The program itself says what fits.
# For another name of the program: complete -c NAME -f -a '(__koji_complete)'

function __koji_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l offers (command $words[1] __complete fish $words 2>/dev/null)
    if test "$offers" = '!files'
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $offers
    end
end

complete -c koji -f -a '(__koji_complete)'
