# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_koji_global_optspecs
    string join \n p/profile= c/config= keytab= principal= cert= runas= user= password= noauth force-auth authtype= d/debug debug-xmlrpc q/quiet skip-main s/server= topdir= weburl= topurl= pkgurl= plugin-paths= help-commands h/help
end

function __fish_koji_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_koji_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_koji_using_subcommand
    set -l cmd (__fish_koji_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c koji -n "__fish_koji_needs_command" -s p -l profile -d 'Profile of the configuration to use [default: the program\'s name]' -r
complete -c koji -n "__fish_koji_needs_command" -s c -l config -d 'Configuration file or directory to read after the system\'s, instead of ~/.koji' -r -F
complete -c koji -n "__fish_koji_needs_command" -l keytab -d 'Kerberos keytab' -r -F
complete -c koji -n "__fish_koji_needs_command" -l principal -d 'Kerberos principal' -r
complete -c koji -n "__fish_koji_needs_command" -l cert -d 'Client certificate with its key, PEM' -r -F
complete -c koji -n "__fish_koji_needs_command" -l runas -d 'Act as another user, where the hub allows it' -r
complete -c koji -n "__fish_koji_needs_command" -l user -d 'User for a login by password' -r
complete -c koji -n "__fish_koji_needs_command" -l password -d 'Password; others may see it in the list of processes: better in the profile or typed when asked' -r
complete -c koji -n "__fish_koji_needs_command" -l authtype -d 'How to log in: noauth, ssl, password or kerberos' -r
complete -c koji -n "__fish_koji_needs_command" -s s -l server -d 'URL of the hub' -r
complete -c koji -n "__fish_koji_needs_command" -l topdir -d 'Directory where the hub\'s files are mounted' -r -F
complete -c koji -n "__fish_koji_needs_command" -l weburl -d 'URL of the web interface' -r
complete -c koji -n "__fish_koji_needs_command" -l topurl -d 'URL of the hub\'s files' -r
complete -c koji -n "__fish_koji_needs_command" -l pkgurl -r
complete -c koji -n "__fish_koji_needs_command" -l plugin-paths -d 'Directories of plugins (accepted; this client has its commands built in)' -r
complete -c koji -n "__fish_koji_needs_command" -l noauth -d 'Do not log in'
complete -c koji -n "__fish_koji_needs_command" -l force-auth -d 'Log in even where the command needs no login'
complete -c koji -n "__fish_koji_needs_command" -s d -l debug -d 'Show debug output'
complete -c koji -n "__fish_koji_needs_command" -l debug-xmlrpc -d 'Show every request and answer'
complete -c koji -n "__fish_koji_needs_command" -s q -l quiet -d 'Say less'
complete -c koji -n "__fish_koji_needs_command" -l skip-main -d 'Do not run the command, only check its arguments'
complete -c koji -n "__fish_koji_needs_command" -l help-commands -d 'List all commands'
complete -c koji -n "__fish_koji_needs_command" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_needs_command" -f -a "build" -d 'Build a package from source'
complete -c koji -n "__fish_koji_needs_command" -f -a "chain-build" -d 'Build packages that need each other, one level after the other'
complete -c koji -n "__fish_koji_needs_command" -f -a "watch-task" -d 'Watch tasks until they end'
complete -c koji -n "__fish_koji_needs_command" -f -a "watch-tasks" -d 'Watch tasks until they end'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-external-repo" -d 'Define an external repository, or let tags use one'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-group" -d 'Add a group to a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-group-pkg" -d 'Add packages to a group of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-host" -d 'Add a build host'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-pkg" -d 'Add packages to the package list of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-tag" -d 'Add a new tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-tag-inheritance" -d 'Let a tag inherit from another one'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-target" -d 'Add a build target'
complete -c koji -n "__fish_koji_needs_command" -f -a "latest-build" -d 'Show the latest builds of packages in a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "latest-pkg" -d 'Show the latest builds of packages in a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-pkgs" -d 'List packages, of a tag or of an owner'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-tagged" -d 'List the builds or rpms of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-targets" -d 'List build targets'
complete -c koji -n "__fish_koji_needs_command" -f -a "regen-repo" -d 'Make a current repository of a tag, if there is none'
complete -c koji -n "__fish_koji_needs_command" -f -a "request-repo" -d 'Request a repository of a tag, and wait for it'
complete -c koji -n "__fish_koji_needs_command" -f -a "wait-repo" -d 'Wait for a repository of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-tags" -d 'List tags'
complete -c koji -n "__fish_koji_needs_command" -f -a "moshimoshi" -d 'Say hello: check the connection and the login'
complete -c koji -n "__fish_koji_needs_command" -f -a "hello" -d 'Say hello: check the connection and the login'
complete -c koji -n "__fish_koji_needs_command" -f -a "hi" -d 'Say hello: check the connection and the login'
complete -c koji -n "__fish_koji_needs_command" -f -a "version" -d 'Show the versions of client and hub'
complete -c koji -n "__fish_koji_using_subcommand build" -l wait-build -d 'Wait until this build is in the repo of the build tag' -r
complete -c koji -n "__fish_koji_using_subcommand build" -l arch-override -d 'Build for these arches only (scratch builds)' -r
complete -c koji -n "__fish_koji_using_subcommand build" -l repo-id -d 'Build against this repo' -r
complete -c koji -n "__fish_koji_using_subcommand build" -l custom-user-metadata -d 'JSON object to be kept with the build as extra.custom_user_metadata' -r
complete -c koji -n "__fish_koji_using_subcommand build" -l skip-tag -d 'Do not tag the build'
complete -c koji -n "__fish_koji_using_subcommand build" -l scratch -d 'Build without importing: results are kept for a while and never tagged'
complete -c koji -n "__fish_koji_using_subcommand build" -l rebuild-srpm -d 'Make the source rpm anew in the buildroot (scratch builds)'
complete -c koji -n "__fish_koji_using_subcommand build" -l no-rebuild-srpm -d 'Build the source rpm as it is (scratch builds)'
complete -c koji -n "__fish_koji_using_subcommand build" -l wait -d 'Wait for the task, even when running in the background'
complete -c koji -n "__fish_koji_using_subcommand build" -l nowait -d 'Do not wait for the task'
complete -c koji -n "__fish_koji_using_subcommand build" -l quiet -d 'Print nothing about the task'
complete -c koji -n "__fish_koji_using_subcommand build" -l wait-repo -d 'Wait for a current repo of the build tag'
complete -c koji -n "__fish_koji_using_subcommand build" -l fail-fast -d 'Fail as soon as one arch fails'
complete -c koji -n "__fish_koji_using_subcommand build" -l noprogress -d 'Show no progress of the upload'
complete -c koji -n "__fish_koji_using_subcommand build" -l background -d 'Run at a lower priority'
complete -c koji -n "__fish_koji_using_subcommand build" -l draft -d 'Make a draft build, to be promoted later'
complete -c koji -n "__fish_koji_using_subcommand build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand chain-build" -l wait -d 'Wait for the task, even when running in the background'
complete -c koji -n "__fish_koji_using_subcommand chain-build" -l nowait -d 'Do not wait for the task'
complete -c koji -n "__fish_koji_using_subcommand chain-build" -l quiet -d 'Print nothing about the task'
complete -c koji -n "__fish_koji_using_subcommand chain-build" -l background -d 'Run at a lower priority'
complete -c koji -n "__fish_koji_using_subcommand chain-build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l user -d 'All open tasks of a user' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l arch -d 'Of these, only tasks for an arch' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l method -d 'Of these, only tasks of a method' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l channel -d 'Of these, only tasks in a channel' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l host -d 'Of these, only tasks on a host' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l quiet -d 'Say nothing, only end with the tasks\' status'
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l mine -d 'All open tasks of mine'
complete -c koji -n "__fish_koji_using_subcommand watch-task" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l user -d 'All open tasks of a user' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l arch -d 'Of these, only tasks for an arch' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l method -d 'Of these, only tasks of a method' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l channel -d 'Of these, only tasks in a channel' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l host -d 'Of these, only tasks on a host' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l quiet -d 'Say nothing, only end with the tasks\' status'
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l mine -d 'All open tasks of mine'
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-external-repo" -s t -l tag -d 'Tag to use it in; TAG::PRIORITY sets the priority, too (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand add-external-repo" -s p -l priority -d 'Priority in these tags' -r
complete -c koji -n "__fish_koji_using_subcommand add-external-repo" -s m -l mode -d 'How it is merged: koji, simple or bare' -r
complete -c koji -n "__fish_koji_using_subcommand add-external-repo" -s a -l arches -d 'Only for these arches' -r
complete -c koji -n "__fish_koji_using_subcommand add-external-repo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-group" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-group-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-host" -l krb-principal -d 'Kerberos principal of the host' -r
complete -c koji -n "__fish_koji_using_subcommand add-host" -l force -d 'Take a user of that name that exists'
complete -c koji -n "__fish_koji_using_subcommand add-host" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-pkg" -l owner -d 'Owner of the packages' -r
complete -c koji -n "__fish_koji_using_subcommand add-pkg" -l extra-arches -d 'Arches to build for beside the build tag\'s' -r
complete -c koji -n "__fish_koji_using_subcommand add-pkg" -l force -d 'Override blocks and policies, where the hub allows it'
complete -c koji -n "__fish_koji_using_subcommand add-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-tag" -l parent -d 'Tag to inherit from, with priority 0' -r
complete -c koji -n "__fish_koji_using_subcommand add-tag" -l arches -d 'Arches to build for' -r
complete -c koji -n "__fish_koji_using_subcommand add-tag" -s x -l extra -d 'Extra setting (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand add-tag" -l maven-support -d 'Switch Maven support on'
complete -c koji -n "__fish_koji_using_subcommand add-tag" -l include-all -d 'Let Maven repos hold all builds instead of the latest'
complete -c koji -n "__fish_koji_using_subcommand add-tag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-tag-inheritance" -l priority -d 'Lower numbers come first' -r
complete -c koji -n "__fish_koji_using_subcommand add-tag-inheritance" -l maxdepth -d 'How many levels above the parent are inherited from' -r
complete -c koji -n "__fish_koji_using_subcommand add-tag-inheritance" -l pkg-filter -d 'Inherit only packages whose names match this regular expression' -r
complete -c koji -n "__fish_koji_using_subcommand add-tag-inheritance" -l intransitive -d 'Do not pass the parent on to tags that inherit from this one'
complete -c koji -n "__fish_koji_using_subcommand add-tag-inheritance" -l noconfig -d 'Inherit packages and builds only'
complete -c koji -n "__fish_koji_using_subcommand add-tag-inheritance" -l force -d 'Add the parent a second time'
complete -c koji -n "__fish_koji_using_subcommand add-tag-inheritance" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-target" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand latest-build" -l arch -d 'Rpms of this arch instead of builds' -r
complete -c koji -n "__fish_koji_using_subcommand latest-build" -l type -d 'Only builds of a type: maven, win, image or another one that the hub knows' -r
complete -c koji -n "__fish_koji_using_subcommand latest-build" -l all -d 'All packages of the tag'
complete -c koji -n "__fish_koji_using_subcommand latest-build" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand latest-build" -l paths -d 'Paths instead of names'
complete -c koji -n "__fish_koji_using_subcommand latest-build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand latest-pkg" -l arch -d 'Rpms of this arch instead of builds' -r
complete -c koji -n "__fish_koji_using_subcommand latest-pkg" -l type -d 'Only builds of a type: maven, win, image or another one that the hub knows' -r
complete -c koji -n "__fish_koji_using_subcommand latest-pkg" -l all -d 'All packages of the tag'
complete -c koji -n "__fish_koji_using_subcommand latest-pkg" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand latest-pkg" -l paths -d 'Paths instead of names'
complete -c koji -n "__fish_koji_using_subcommand latest-pkg" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l owner -d 'Of this owner' -r
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l tag -d 'In this tag' -r
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l package -d 'This package' -r
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l event -d 'Look at the state at an event' -r
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l ts -d 'Look at the state at a time, seconds since 1970' -r
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l repo -d 'Look at the state that a repo was made of' -r
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l noinherit -d 'Not what the tag inherits'
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l show-blocked -d 'Blocked packages, too'
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -l show-dups -d 'Packages that the tag has from several parents, as often as it has them'
complete -c koji -n "__fish_koji_using_subcommand list-pkgs" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l arch -d 'Only rpms of these arches (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l latest-n -d 'Only the latest N builds of each package' -r
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l type -d 'Only builds of a type: maven, win, image or another one that the hub knows' -r
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l event -d 'Look at the state at an event' -r
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l ts -d 'Look at the state at a time, seconds since 1970' -r
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l repo -d 'Look at the state that a repo was made of' -r
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l rpms -d 'Rpms instead of builds'
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l inherit -d 'Inherited builds, too'
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l latest -d 'Only the latest build of each package'
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l paths -d 'Paths instead of names'
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l sigs -d 'Signatures of the rpms'
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l draft-only -d 'Only draft builds'
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -l no-draft -d 'No draft builds'
complete -c koji -n "__fish_koji_using_subcommand list-tagged" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-targets" -l name -d 'Only this target' -r
complete -c koji -n "__fish_koji_using_subcommand list-targets" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand list-targets" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -l timeout -d 'Minutes to wait' -r
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -l target -d 'TAG is a build target: take its build tag'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -l wait -d 'Wait, even in the background'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -l nowait -d 'Do not wait'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -l make-task -d 'Make a newRepo task instead of a request'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -l debuginfo -d 'With debuginfo packages'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -l source -d 'With source packages, in the repositories of all arches'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -l separate-source -d 'With source packages, in a repository of their own'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -s v -l verbose -d 'Say more'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -l quiet -d 'Say less'
complete -c koji -n "__fish_koji_using_subcommand regen-repo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l min-event -d 'Not older than this event' -r
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l at-event -d 'Of the tag as it was at this event' -r
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l timeout -d 'Minutes to wait' -r
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l target -d 'TAG is a build target: take its build tag'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l wait -d 'Wait, even in the background'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l nowait -d 'Do not wait'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l current -d 'With everything that is in the tag now'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l debuginfo -d 'With debuginfo packages'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l source -d 'With source packages, in the repositories of all arches'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l separate-source -d 'With source packages, in a repository of their own'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -s v -l verbose -d 'Say more'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -l quiet -d 'Say less'
complete -c koji -n "__fish_koji_using_subcommand request-repo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand wait-repo" -l build -d 'Wait until this build is in the repository (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand wait-repo" -l timeout -d 'Minutes to wait' -r
complete -c koji -n "__fish_koji_using_subcommand wait-repo" -l target -d 'TAG is a build target: take its build tag'
complete -c koji -n "__fish_koji_using_subcommand wait-repo" -l request -d 'Request the repository (needs a login)'
complete -c koji -n "__fish_koji_using_subcommand wait-repo" -l no-request -d 'Only wait for what others make'
complete -c koji -n "__fish_koji_using_subcommand wait-repo" -s v -l verbose -d 'Say more'
complete -c koji -n "__fish_koji_using_subcommand wait-repo" -l quiet -d 'Say less'
complete -c koji -n "__fish_koji_using_subcommand wait-repo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-tags" -l build -d 'Only tags with this build' -r
complete -c koji -n "__fish_koji_using_subcommand list-tags" -l package -d 'Only tags that list this package' -r
complete -c koji -n "__fish_koji_using_subcommand list-tags" -l show-id -d 'Show ids'
complete -c koji -n "__fish_koji_using_subcommand list-tags" -l verbose -d 'Show locks and required permissions'
complete -c koji -n "__fish_koji_using_subcommand list-tags" -l unlocked -d 'Only tags without lock and permission'
complete -c koji -n "__fish_koji_using_subcommand list-tags" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand moshimoshi" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand hello" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand hi" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand version" -s h -l help -d 'Print help'
