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
complete -c koji -n "__fish_koji_needs_command" -f -a "buildinfo" -d 'Show information about builds'
complete -c koji -n "__fish_koji_needs_command" -f -a "call" -d 'Make any call of the hub\'s API'
complete -c koji -n "__fish_koji_needs_command" -f -a "help" -d 'List the commands'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-commands" -d 'List the commands'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-api" -d 'List the calls of the hub\'s API'
complete -c koji -n "__fish_koji_needs_command" -f -a "enable-host" -d 'Let build hosts take tasks'
complete -c koji -n "__fish_koji_needs_command" -f -a "disable-host" -d 'Let build hosts take no more tasks'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-hosts" -d 'List build hosts'
complete -c koji -n "__fish_koji_needs_command" -f -a "download-build" -d 'Download the files of a build'
complete -c koji -n "__fish_koji_needs_command" -f -a "taskinfo" -d 'Show information about tasks'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-tasks" -d 'List tasks that are not done'
complete -c koji -n "__fish_koji_needs_command" -f -a "watch-logs" -d 'Show the logs of tasks as they grow'
complete -c koji -n "__fish_koji_needs_command" -f -a "download-logs" -d 'Download the logs of tasks'
complete -c koji -n "__fish_koji_needs_command" -f -a "download-task" -d 'Download the output of a task and its children'
complete -c koji -n "__fish_koji_needs_command" -f -a "cancel" -d 'Cancel tasks and builds'
complete -c koji -n "__fish_koji_needs_command" -f -a "cancel-task" -d 'Cancel tasks and builds'
complete -c koji -n "__fish_koji_needs_command" -f -a "cxl" -d 'Cancel tasks and builds'
complete -c koji -n "__fish_koji_needs_command" -f -a "resubmit" -d 'Run a failed or canceled task again, with the same parameters'
complete -c koji -n "__fish_koji_needs_command" -f -a "free-task" -d 'Give tasks back, to be run by another host'
complete -c koji -n "__fish_koji_needs_command" -f -a "rpminfo" -d 'Show information about rpms'
complete -c koji -n "__fish_koji_needs_command" -f -a "mock-config" -d 'Print a configuration of mock for the buildroots of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "grant-permission" -d 'Grant a permission to users'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-user" -d 'Add a user'
complete -c koji -n "__fish_koji_needs_command" -f -a "tag-build" -d 'Tag builds'
complete -c koji -n "__fish_koji_needs_command" -f -a "tag-pkg" -d 'Tag builds'
complete -c koji -n "__fish_koji_needs_command" -f -a "tag" -d 'Tag builds'
complete -c koji -n "__fish_koji_needs_command" -f -a "untag-build" -d 'Take builds out of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "untag-pkg" -d 'Take builds out of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "untag" -d 'Take builds out of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-tag" -d 'Change a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "taginfo" -d 'Show information about tags'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-tag-inheritance" -d 'Show what a tag inherits from, as a tree'
complete -c koji -n "__fish_koji_needs_command" -f -a "block-pkg" -d 'Block packages in a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "unblock-pkg" -d 'Take away the blocks of packages in a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-host-to-channel" -d 'Add a build host to a channel'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-groups" -d 'List the groups of a tag with their packages'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-external-repos" -d 'List external repositories'
complete -c koji -n "__fish_koji_needs_command" -f -a "wait-repo-request" -d 'Wait until a request for a repository is fulfilled'
complete -c koji -n "__fish_koji_needs_command" -f -a "block-group" -d 'Block a group of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "block-group-pkg" -d 'Block packages in a group, in the tag and all that inherit from it'
complete -c koji -n "__fish_koji_needs_command" -f -a "block-group-req" -d 'Block the requirement of a group'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-group-req" -d 'Have a group require another one'
complete -c koji -n "__fish_koji_needs_command" -f -a "unblock-group" -d 'Take away the block of a group'
complete -c koji -n "__fish_koji_needs_command" -f -a "unblock-group-pkg" -d 'Take away the blocks of packages in a group'
complete -c koji -n "__fish_koji_needs_command" -f -a "unblock-group-req" -d 'Take away the block of a requirement of a group'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-group" -d 'Remove a group from a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-group-pkg" -d 'Remove packages from a group of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-group-req" -d 'Remove a requirement of a group'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-target" -d 'Change the name or the tags of a build target'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-target" -d 'Remove a build target'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-tag" -d 'Remove a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "lock-tag" -d 'Lock tags'
complete -c koji -n "__fish_koji_needs_command" -f -a "unlock-tag" -d 'Unlock tags'
complete -c koji -n "__fish_koji_needs_command" -f -a "clone-tag" -d 'Copy a tag onto another one, which is made if there is none'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-tag-inheritance" -d 'Remove a link between a tag and a parent'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-tag-inheritance" -d 'Change a link between a tag and a parent'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-pkg" -d 'Remove packages from the list of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "set-pkg-arches" -d 'Set the extra arches of packages in a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "set-pkg-owner" -d 'Set the owner of packages in a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "set-pkg-owner-global" -d 'Set the owner of packages in all tags'
complete -c koji -n "__fish_koji_needs_command" -f -a "disable-user" -d 'Keep a user from logging in'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-permission" -d 'Change the description of a permission'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-user" -d 'Change the name or the Kerberos principals of a user'
complete -c koji -n "__fish_koji_needs_command" -f -a "enable-user" -d 'Let a user log in again'
complete -c koji -n "__fish_koji_needs_command" -f -a "grant-cg-access" -d 'Let a user import for a content generator'
complete -c koji -n "__fish_koji_needs_command" -f -a "revoke-cg-access" -d 'Let a user no longer import for a content generator'
complete -c koji -n "__fish_koji_needs_command" -f -a "revoke-permission" -d 'Take a permission away from users'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-permissions" -d 'List permissions: all of them, or those of a user'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-users" -d 'List users'
complete -c koji -n "__fish_koji_needs_command" -f -a "userinfo" -d 'Show users'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-notification" -d 'Ask for mail about builds of a package or in a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "block-notification" -d 'Block mail about builds of a package or in a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-notification" -d 'Change what a notification is about'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-notification" -d 'Remove notifications'
complete -c koji -n "__fish_koji_needs_command" -f -a "unblock-notification" -d 'Remove blocks of notifications'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-notifications" -d 'List the notifications of a user, and their blocks'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-sidetag" -d 'Make a side tag of a tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-sidetag" -d 'Change a side tag'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-sidetag" -d 'Remove side tags'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-sidetags" -d 'List side tags'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-external-repo" -d 'Change an external repository, or how a tag uses it'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-external-repo" -d 'Let tags no longer use an external repository, or remove it'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-host" -d 'Change build hosts'
complete -c koji -n "__fish_koji_needs_command" -f -a "hostinfo" -d 'Show build hosts'
complete -c koji -n "__fish_koji_needs_command" -f -a "assign-task" -d 'Assign a task to a build host'
complete -c koji -n "__fish_koji_needs_command" -f -a "set-task-priority" -d 'Change the priority of tasks'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-volume" -d 'Add a volume'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-volumes" -d 'List volumes'
complete -c koji -n "__fish_koji_needs_command" -f -a "set-build-volume" -d 'Move builds to a volume'
complete -c koji -n "__fish_koji_needs_command" -f -a "add-channel" -d 'Add a channel'
complete -c koji -n "__fish_koji_needs_command" -f -a "edit-channel" -d 'Change a channel'
complete -c koji -n "__fish_koji_needs_command" -f -a "enable-channel" -d 'Let channels be used'
complete -c koji -n "__fish_koji_needs_command" -f -a "disable-channel" -d 'Let channels no longer be used'
complete -c koji -n "__fish_koji_needs_command" -f -a "remove-host-from-channel" -d 'Remove a build host from a channel'
complete -c koji -n "__fish_koji_needs_command" -f -a "promote-build" -d 'Make a draft build a regular one'
complete -c koji -n "__fish_koji_needs_command" -f -a "list-channels" -d 'List channels with the load of their hosts'
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
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l user -d 'Tasks of a user' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l arch -d 'Only tasks for an arch' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l method -d 'Only tasks of a method' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l channel -d 'Only tasks in a channel' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l host -d 'Only tasks on a host' -r
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l quiet -d 'Say nothing, only end with the tasks\' status'
complete -c koji -n "__fish_koji_using_subcommand watch-task" -l mine -d 'My tasks'
complete -c koji -n "__fish_koji_using_subcommand watch-task" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l user -d 'Tasks of a user' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l arch -d 'Only tasks for an arch' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l method -d 'Only tasks of a method' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l channel -d 'Only tasks in a channel' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l host -d 'Only tasks on a host' -r
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l quiet -d 'Say nothing, only end with the tasks\' status'
complete -c koji -n "__fish_koji_using_subcommand watch-tasks" -l mine -d 'My tasks'
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
complete -c koji -n "__fish_koji_using_subcommand buildinfo" -l changelog -d 'Show the changelog, too'
complete -c koji -n "__fish_koji_using_subcommand buildinfo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand call" -l kwargs -d 'Keyword arguments as one dictionary (implies --python, unless --json-input is given)' -r
complete -c koji -n "__fish_koji_using_subcommand call" -s p -l python -d 'Arguments are Python literals'
complete -c koji -n "__fish_koji_using_subcommand call" -s j -l json -d 'JSON in and out'
complete -c koji -n "__fish_koji_using_subcommand call" -l json-input -d 'Arguments are JSON'
complete -c koji -n "__fish_koji_using_subcommand call" -l json-output -d 'Answer as JSON'
complete -c koji -n "__fish_koji_using_subcommand call" -s b -l bare-strings -d 'What is no literal (or no JSON) is text'
complete -c koji -n "__fish_koji_using_subcommand call" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand help" -l admin
complete -c koji -n "__fish_koji_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand list-commands" -l admin
complete -c koji -n "__fish_koji_using_subcommand list-commands" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand list-api" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand enable-host" -l comment -d 'Why they are enabled' -r
complete -c koji -n "__fish_koji_using_subcommand enable-host" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand disable-host" -l comment -d 'Why they are disabled' -r
complete -c koji -n "__fish_koji_using_subcommand disable-host" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l arch -d 'Only hosts of these arches (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l channel -d 'Only hosts in a channel' -r
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l ready -d 'Only hosts that are ready'
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l not-ready -d 'Only hosts that are not ready'
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l enabled -d 'Only hosts that are enabled'
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l not-enabled -l disabled -d 'Only hosts that are not enabled'
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l show-channels -d 'Show the hosts\' channels'
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l comment -d 'Show comments'
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -l description -d 'Show descriptions'
complete -c koji -n "__fish_koji_using_subcommand list-hosts" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand download-build" -s a -l arch -d 'Only rpms of this arch (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand download-build" -l type -d 'Archives of this type instead of rpms: maven, win, image, remote-sources or another one that the hub knows' -r
complete -c koji -n "__fish_koji_using_subcommand download-build" -l latestfrom -d 'The latest build of the package in this tag' -r
complete -c koji -n "__fish_koji_using_subcommand download-build" -l key -d 'Copies that are signed with this key' -r
complete -c koji -n "__fish_koji_using_subcommand download-build" -l topurl -d 'URL of the hub\'s files' -r
complete -c koji -n "__fish_koji_using_subcommand download-build" -l debuginfo -d 'Debuginfo rpms, too'
complete -c koji -n "__fish_koji_using_subcommand download-build" -l task-id -d 'The id is that of the task that made the build'
complete -c koji -n "__fish_koji_using_subcommand download-build" -l rpm -d 'The name is that of an rpm: only this one'
complete -c koji -n "__fish_koji_using_subcommand download-build" -l fallback-unsigned -d 'With --key: unsigned rpms where there is no signed copy'
complete -c koji -n "__fish_koji_using_subcommand download-build" -l nofailarch -d 'No failure when there is nothing for the arches'
complete -c koji -n "__fish_koji_using_subcommand download-build" -l noprogress -d 'Show no progress'
complete -c koji -n "__fish_koji_using_subcommand download-build" -s q -l quiet -d 'Say nothing'
complete -c koji -n "__fish_koji_using_subcommand download-build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand taskinfo" -s r -l recurse -d 'Their descendants, too'
complete -c koji -n "__fish_koji_using_subcommand taskinfo" -s v -l verbose -d 'Show what they were asked to do'
complete -c koji -n "__fish_koji_using_subcommand taskinfo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l user -d 'Tasks of a user' -r
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l arch -d 'Only tasks for an arch' -r
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l method -d 'Only tasks of a method' -r
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l channel -d 'Only tasks in a channel' -r
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l host -d 'Only tasks on a host' -r
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l before -d 'Started before this time: seconds since 1970, or a date as 2020-12-31 or "2020-12-31 12:35"' -r
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l after -d 'Started after this time' -r
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l mine -d 'My tasks'
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -l all -d 'Finished tasks, too (only with --after)'
complete -c koji -n "__fish_koji_using_subcommand list-tasks" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand watch-logs" -l log -d 'Only the log of this name' -r
complete -c koji -n "__fish_koji_using_subcommand watch-logs" -l mine -d 'All open tasks of mine'
complete -c koji -n "__fish_koji_using_subcommand watch-logs" -s f -l follow -d 'The tasks\' children, too'
complete -c koji -n "__fish_koji_using_subcommand watch-logs" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand download-logs" -s m -l match -d 'Only logs whose names match this glob pattern (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand download-logs" -s d -l dir -d 'Directory to write to' -r -F
complete -c koji -n "__fish_koji_using_subcommand download-logs" -s r -l recurse -d 'Logs of the tasks\' descendants, too'
complete -c koji -n "__fish_koji_using_subcommand download-logs" -l nvr -d 'Names are those of builds'
complete -c koji -n "__fish_koji_using_subcommand download-logs" -s c -l continue -d 'Continue files that are there'
complete -c koji -n "__fish_koji_using_subcommand download-logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand download-task" -l arch -d 'Only rpms of this arch (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand download-task" -l filter -d 'Only files that match this regular expression (repeatable: all of them)' -r
complete -c koji -n "__fish_koji_using_subcommand download-task" -l skip -d 'No files that match this regular expression (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand download-task" -l topurl -d 'URL of the hub\'s files' -r
complete -c koji -n "__fish_koji_using_subcommand download-task" -l logs -d 'Logs, too'
complete -c koji -n "__fish_koji_using_subcommand download-task" -l wait -d 'Wait for tasks that still run, even in the background'
complete -c koji -n "__fish_koji_using_subcommand download-task" -l nowait -d 'Do not wait for tasks that still run'
complete -c koji -n "__fish_koji_using_subcommand download-task" -l all -d 'All files of all methods (logs with --logs)'
complete -c koji -n "__fish_koji_using_subcommand download-task" -l dirpertask -d 'Into a directory for each task'
complete -c koji -n "__fish_koji_using_subcommand download-task" -l parentonly -d 'Only the files of this task, not its children\'s'
complete -c koji -n "__fish_koji_using_subcommand download-task" -l noprogress -d 'Show no progress'
complete -c koji -n "__fish_koji_using_subcommand download-task" -s q -l quiet -d 'Say nothing'
complete -c koji -n "__fish_koji_using_subcommand download-task" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand cancel" -l justone -d 'Let the tasks\' children run on'
complete -c koji -n "__fish_koji_using_subcommand cancel" -l full -d 'Cancel whole trees of tasks from their roots (admins only)'
complete -c koji -n "__fish_koji_using_subcommand cancel" -l force -d 'With --full: tasks that are no roots, too'
complete -c koji -n "__fish_koji_using_subcommand cancel" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand cancel-task" -l justone -d 'Let the tasks\' children run on'
complete -c koji -n "__fish_koji_using_subcommand cancel-task" -l full -d 'Cancel whole trees of tasks from their roots (admins only)'
complete -c koji -n "__fish_koji_using_subcommand cancel-task" -l force -d 'With --full: tasks that are no roots, too'
complete -c koji -n "__fish_koji_using_subcommand cancel-task" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand cxl" -l justone -d 'Let the tasks\' children run on'
complete -c koji -n "__fish_koji_using_subcommand cxl" -l full -d 'Cancel whole trees of tasks from their roots (admins only)'
complete -c koji -n "__fish_koji_using_subcommand cxl" -l force -d 'With --full: tasks that are no roots, too'
complete -c koji -n "__fish_koji_using_subcommand cxl" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand resubmit" -l wait -d 'Wait for the task, even when running in the background'
complete -c koji -n "__fish_koji_using_subcommand resubmit" -l nowait -l nowatch -d 'Do not wait for the task'
complete -c koji -n "__fish_koji_using_subcommand resubmit" -l quiet -d 'Print nothing about the task'
complete -c koji -n "__fish_koji_using_subcommand resubmit" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand free-task" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand rpminfo" -l buildroots -d 'Show the buildroots that had them installed'
complete -c koji -n "__fish_koji_using_subcommand rpminfo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand mock-config" -s a -l arch -d 'Arch of the buildroot' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -s n -l name -d 'Name of the buildroot' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l tag -d 'Of a build tag' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l target -d 'Of the build tag of a target' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l task -d 'As the last buildroot of a task' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l buildroot -d 'As this buildroot' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l mockdir -d 'mock\'s base directory' -r -F
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l topdir -d 'Directory where the hub\'s files are mounted; goes before --topurl' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l topurl -d 'URL of the hub\'s files' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l distribution -d 'Value of the macro %distribution' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l yum-proxy -d 'Proxy for the package manager' -r
complete -c koji -n "__fish_koji_using_subcommand mock-config" -s o -d 'File to write to' -r -F
complete -c koji -n "__fish_koji_using_subcommand mock-config" -l latest -d 'Whatever repo is the latest one when mock runs'
complete -c koji -n "__fish_koji_using_subcommand mock-config" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand grant-permission" -l description -d 'What the new permission is for' -r
complete -c koji -n "__fish_koji_using_subcommand grant-permission" -l new -d 'Make the permission if there is none of that name'
complete -c koji -n "__fish_koji_using_subcommand grant-permission" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-user" -l principal -d 'The user\'s Kerberos principal' -r
complete -c koji -n "__fish_koji_using_subcommand add-user" -l disable -d 'The user may not log in'
complete -c koji -n "__fish_koji_using_subcommand add-user" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand tag-build" -l force -d 'Override policies, where the hub allows it'
complete -c koji -n "__fish_koji_using_subcommand tag-build" -l wait -d 'Wait for the tasks, even when running in the background'
complete -c koji -n "__fish_koji_using_subcommand tag-build" -l nowait -d 'Do not wait for the tasks'
complete -c koji -n "__fish_koji_using_subcommand tag-build" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand tag-pkg" -l force -d 'Override policies, where the hub allows it'
complete -c koji -n "__fish_koji_using_subcommand tag-pkg" -l wait -d 'Wait for the tasks, even when running in the background'
complete -c koji -n "__fish_koji_using_subcommand tag-pkg" -l nowait -d 'Do not wait for the tasks'
complete -c koji -n "__fish_koji_using_subcommand tag-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand tag" -l force -d 'Override policies, where the hub allows it'
complete -c koji -n "__fish_koji_using_subcommand tag" -l wait -d 'Wait for the tasks, even when running in the background'
complete -c koji -n "__fish_koji_using_subcommand tag" -l nowait -d 'Do not wait for the tasks'
complete -c koji -n "__fish_koji_using_subcommand tag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand untag-build" -l all -d 'All builds of the packages'
complete -c koji -n "__fish_koji_using_subcommand untag-build" -l non-latest -d 'All builds of the packages but the latest one'
complete -c koji -n "__fish_koji_using_subcommand untag-build" -s n -l test -d 'Only say what would be done'
complete -c koji -n "__fish_koji_using_subcommand untag-build" -s v -l verbose -d 'Say what is done'
complete -c koji -n "__fish_koji_using_subcommand untag-build" -l force -d 'Override policies, where the hub allows it; go on where a build is not in the tag'
complete -c koji -n "__fish_koji_using_subcommand untag-build" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand untag-pkg" -l all -d 'All builds of the packages'
complete -c koji -n "__fish_koji_using_subcommand untag-pkg" -l non-latest -d 'All builds of the packages but the latest one'
complete -c koji -n "__fish_koji_using_subcommand untag-pkg" -s n -l test -d 'Only say what would be done'
complete -c koji -n "__fish_koji_using_subcommand untag-pkg" -s v -l verbose -d 'Say what is done'
complete -c koji -n "__fish_koji_using_subcommand untag-pkg" -l force -d 'Override policies, where the hub allows it; go on where a build is not in the tag'
complete -c koji -n "__fish_koji_using_subcommand untag-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand untag" -l all -d 'All builds of the packages'
complete -c koji -n "__fish_koji_using_subcommand untag" -l non-latest -d 'All builds of the packages but the latest one'
complete -c koji -n "__fish_koji_using_subcommand untag" -s n -l test -d 'Only say what would be done'
complete -c koji -n "__fish_koji_using_subcommand untag" -s v -l verbose -d 'Say what is done'
complete -c koji -n "__fish_koji_using_subcommand untag" -l force -d 'Override policies, where the hub allows it; go on where a build is not in the tag'
complete -c koji -n "__fish_koji_using_subcommand untag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l arches -d 'Arches to build for' -r
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l perm -d 'Permission that is needed to tag builds' -r
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l rename -d 'Give the tag another name' -r
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -s x -l extra -d 'Set an extra setting, JSON or text (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -s r -l remove-extra -d 'Remove an extra setting (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -s b -l block-extra -d 'Block an inherited extra setting (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l no-perm -d 'No permission is needed to tag builds'
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l lock -d 'Lock the tag'
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l unlock -d 'Unlock the tag'
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l maven-support -d 'Switch Maven support on'
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l no-maven-support -d 'Switch Maven support off'
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l include-all -d 'Let Maven repos hold all builds'
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -l no-include-all -d 'Let Maven repos hold the latest builds only'
complete -c koji -n "__fish_koji_using_subcommand edit-tag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand taginfo" -l event -d 'Look at the state at an event' -r
complete -c koji -n "__fish_koji_using_subcommand taginfo" -l ts -d 'Look at the state at a time, seconds since 1970' -r
complete -c koji -n "__fish_koji_using_subcommand taginfo" -l repo -d 'Look at the state that a repo was made of' -r
complete -c koji -n "__fish_koji_using_subcommand taginfo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-tag-inheritance" -l stop -r
complete -c koji -n "__fish_koji_using_subcommand list-tag-inheritance" -l jump -r
complete -c koji -n "__fish_koji_using_subcommand list-tag-inheritance" -l event -d 'Look at the state at an event' -r
complete -c koji -n "__fish_koji_using_subcommand list-tag-inheritance" -l ts -d 'Look at the state at a time, seconds since 1970' -r
complete -c koji -n "__fish_koji_using_subcommand list-tag-inheritance" -l repo -d 'Look at the state that a repo was made of' -r
complete -c koji -n "__fish_koji_using_subcommand list-tag-inheritance" -l reverse -d 'The tags that inherit from it instead'
complete -c koji -n "__fish_koji_using_subcommand list-tag-inheritance" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c koji -n "__fish_koji_using_subcommand block-pkg" -l force -d 'Override policies, where the hub allows it'
complete -c koji -n "__fish_koji_using_subcommand block-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand unblock-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-host-to-channel" -l list
complete -c koji -n "__fish_koji_using_subcommand add-host-to-channel" -l new -d 'Make the channel if there is none of that name'
complete -c koji -n "__fish_koji_using_subcommand add-host-to-channel" -l force -d 'Even where the channel is disabled'
complete -c koji -n "__fish_koji_using_subcommand add-host-to-channel" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-groups" -l event -d 'Look at the state at an event' -r
complete -c koji -n "__fish_koji_using_subcommand list-groups" -l ts -d 'Look at the state at a time, seconds since 1970' -r
complete -c koji -n "__fish_koji_using_subcommand list-groups" -l repo -d 'Look at the state that a repo was made of' -r
complete -c koji -n "__fish_koji_using_subcommand list-groups" -l show-blocked -d 'Blocked packages and groups, too'
complete -c koji -n "__fish_koji_using_subcommand list-groups" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l url -d 'Only repositories at this URL' -r
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l name -d 'Only the one of this name' -r
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l id -d 'Only the one of this id' -r
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l tag -d 'Those of a tag' -r
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l event -d 'Look at the state at an event' -r
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l ts -d 'Look at the state at a time, seconds since 1970' -r
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l repo -d 'Look at the state that a repo was made of' -r
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l used -d 'Show which tags use them'
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l inherit -d 'With --tag: inherited ones, too'
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand list-external-repos" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand wait-repo-request" -l timeout -d 'Minutes to wait' -r
complete -c koji -n "__fish_koji_using_subcommand wait-repo-request" -s v -l verbose -d 'Say more'
complete -c koji -n "__fish_koji_using_subcommand wait-repo-request" -l quiet -d 'Say less'
complete -c koji -n "__fish_koji_using_subcommand wait-repo-request" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand block-group" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand block-group-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand block-group-req" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-group-req" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand unblock-group" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand unblock-group-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand unblock-group-req" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-group" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-group-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-group-req" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-target" -l rename -d 'Give the target another name' -r
complete -c koji -n "__fish_koji_using_subcommand edit-target" -l build-tag -d 'Tag whose repo is built against' -r
complete -c koji -n "__fish_koji_using_subcommand edit-target" -l dest-tag -d 'Tag that builds land in' -r
complete -c koji -n "__fish_koji_using_subcommand edit-target" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-target" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-tag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand lock-tag" -l perm -d 'Permission that is needed to tag builds from now on [default: admin]' -r
complete -c koji -n "__fish_koji_using_subcommand lock-tag" -l glob -d 'The arguments are globs'
complete -c koji -n "__fish_koji_using_subcommand lock-tag" -l master -d 'Lock the tags for everybody instead'
complete -c koji -n "__fish_koji_using_subcommand lock-tag" -s n -l test -d 'Show what would be done'
complete -c koji -n "__fish_koji_using_subcommand lock-tag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand unlock-tag" -l glob -d 'The arguments are globs'
complete -c koji -n "__fish_koji_using_subcommand unlock-tag" -s n -l test -d 'Show what would be done'
complete -c koji -n "__fish_koji_using_subcommand unlock-tag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l event -d 'Look at the state at an event' -r
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l ts -d 'Look at the state at a time, seconds since 1970' -r
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l repo -d 'Look at the state that a repo was made of' -r
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l batch -r
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l config -d 'Copy the configuration'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l groups -d 'Copy the groups'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l pkgs -d 'Copy the package list'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l builds -d 'Tag the builds'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l all -d 'The same as --config --groups --pkgs --builds'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l latest-only -d 'Only the latest build of each package'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l inherit-builds -d 'Inherited builds, too'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l no-delete -d 'Leave what the destination has and the source has not'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -s v -l verbose
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -l notify -d 'Accepted as upstream does; the hub decides about notifications'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -s f -l force -d 'Even where a tag is locked'
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -s n -l test
complete -c koji -n "__fish_koji_using_subcommand clone-tag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-tag-inheritance" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-tag-inheritance" -l priority -d 'The new priority' -r
complete -c koji -n "__fish_koji_using_subcommand edit-tag-inheritance" -l maxdepth -d 'How many levels above the parent are inherited from; none for all' -r
complete -c koji -n "__fish_koji_using_subcommand edit-tag-inheritance" -l pkg-filter -d 'Inherit only packages whose names match this regular expression' -r
complete -c koji -n "__fish_koji_using_subcommand edit-tag-inheritance" -l intransitive -d 'Do not pass the parent on to tags that inherit from this one'
complete -c koji -n "__fish_koji_using_subcommand edit-tag-inheritance" -l noconfig -d 'Inherit packages and builds only'
complete -c koji -n "__fish_koji_using_subcommand edit-tag-inheritance" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-pkg" -l force -d 'Override policies, where the hub allows it'
complete -c koji -n "__fish_koji_using_subcommand remove-pkg" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand set-pkg-arches" -l force -d 'Override policies, where the hub allows it'
complete -c koji -n "__fish_koji_using_subcommand set-pkg-arches" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand set-pkg-owner" -l force -d 'Override policies, where the hub allows it'
complete -c koji -n "__fish_koji_using_subcommand set-pkg-owner" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand set-pkg-owner-global" -l old-user -l from -d 'Only packages of this user; all of them when no package is given' -r
complete -c koji -n "__fish_koji_using_subcommand set-pkg-owner-global" -l verbose -d 'Print what changes'
complete -c koji -n "__fish_koji_using_subcommand set-pkg-owner-global" -l test -d 'Show what would be done'
complete -c koji -n "__fish_koji_using_subcommand set-pkg-owner-global" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand disable-user" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-permission" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-user" -l rename -d 'Give the user another name' -r
complete -c koji -n "__fish_koji_using_subcommand edit-user" -l edit-krb -d 'Replace a principal (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand edit-user" -l add-krb -d 'Add a principal (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand edit-user" -l remove-krb -d 'Remove a principal (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand edit-user" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand enable-user" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand grant-cg-access" -l new -d 'Make the content generator if there is none of that name'
complete -c koji -n "__fish_koji_using_subcommand grant-cg-access" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand revoke-cg-access" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand revoke-permission" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-permissions" -l user -d 'Only those that a user has' -r
complete -c koji -n "__fish_koji_using_subcommand list-permissions" -l mine -d 'Only those that you have'
complete -c koji -n "__fish_koji_using_subcommand list-permissions" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand list-permissions" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-users" -l usertype -d 'NORMAL, HOST, GROUP or any' -r
complete -c koji -n "__fish_koji_using_subcommand list-users" -l prefix -d 'Only users whose names begin with this' -r
complete -c koji -n "__fish_koji_using_subcommand list-users" -l perm -d 'Only users with a permission' -r
complete -c koji -n "__fish_koji_using_subcommand list-users" -l inherited-perm -d 'With --perm: those that have it by a group, too'
complete -c koji -n "__fish_koji_using_subcommand list-users" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand userinfo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-notification" -l user -d 'Mail for this user; for admins only' -r
complete -c koji -n "__fish_koji_using_subcommand add-notification" -l package -d 'About this package' -r
complete -c koji -n "__fish_koji_using_subcommand add-notification" -l tag -d 'About this tag' -r
complete -c koji -n "__fish_koji_using_subcommand add-notification" -l success-only -d 'Only about builds that succeed'
complete -c koji -n "__fish_koji_using_subcommand add-notification" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand block-notification" -l user -d 'Mail for this user; for admins only' -r
complete -c koji -n "__fish_koji_using_subcommand block-notification" -l package -d 'About this package' -r
complete -c koji -n "__fish_koji_using_subcommand block-notification" -l tag -d 'About this tag' -r
complete -c koji -n "__fish_koji_using_subcommand block-notification" -l all -d 'About everything'
complete -c koji -n "__fish_koji_using_subcommand block-notification" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-notification" -l package -d 'About this package, * for all' -r
complete -c koji -n "__fish_koji_using_subcommand edit-notification" -l tag -d 'About this tag, * for all' -r
complete -c koji -n "__fish_koji_using_subcommand edit-notification" -l success-only -d 'Only about builds that succeed'
complete -c koji -n "__fish_koji_using_subcommand edit-notification" -l no-success-only -d 'About all builds'
complete -c koji -n "__fish_koji_using_subcommand edit-notification" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-notification" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand unblock-notification" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-notifications" -l user -d 'Those of a user' -r
complete -c koji -n "__fish_koji_using_subcommand list-notifications" -l mine -d 'Yours'
complete -c koji -n "__fish_koji_using_subcommand list-notifications" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-sidetag" -l suffix -d 'One of the suffixes that the hub allows' -r
complete -c koji -n "__fish_koji_using_subcommand add-sidetag" -s q -l quiet -d 'Do not print the name of the new tag'
complete -c koji -n "__fish_koji_using_subcommand add-sidetag" -s w -l wait -d 'Wait until the tag has a repo'
complete -c koji -n "__fish_koji_using_subcommand add-sidetag" -l debuginfo -d 'Repos of the tag hold debuginfo packages'
complete -c koji -n "__fish_koji_using_subcommand add-sidetag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-sidetag" -l rpm-macro -d 'Set an RPM macro for builds in the tag (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand edit-sidetag" -l remove-rpm-macro -d 'Remove an RPM macro (repeatable)' -r
complete -c koji -n "__fish_koji_using_subcommand edit-sidetag" -l debuginfo -d 'Repos of the tag hold debuginfo packages'
complete -c koji -n "__fish_koji_using_subcommand edit-sidetag" -l no-debuginfo -d 'Repos of the tag hold no debuginfo packages'
complete -c koji -n "__fish_koji_using_subcommand edit-sidetag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-sidetag" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-sidetags" -l basetag -d 'Only those made from a tag' -r
complete -c koji -n "__fish_koji_using_subcommand list-sidetags" -l user -d 'Only those of a user' -r
complete -c koji -n "__fish_koji_using_subcommand list-sidetags" -l mine -d 'Only yours'
complete -c koji -n "__fish_koji_using_subcommand list-sidetags" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-external-repo" -l url -d 'Its new URL' -r
complete -c koji -n "__fish_koji_using_subcommand edit-external-repo" -l name -d 'Its new name' -r
complete -c koji -n "__fish_koji_using_subcommand edit-external-repo" -s t -l tag -d 'Change how this tag uses it' -r
complete -c koji -n "__fish_koji_using_subcommand edit-external-repo" -s p -l priority -d 'With --tag: the priority' -r
complete -c koji -n "__fish_koji_using_subcommand edit-external-repo" -s m -l mode -d 'With --tag: how it is merged: koji, simple or bare' -r
complete -c koji -n "__fish_koji_using_subcommand edit-external-repo" -s a -l arches -d 'With --tag: only for these arches' -r
complete -c koji -n "__fish_koji_using_subcommand edit-external-repo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-external-repo" -l alltags -d 'No tag uses it any longer'
complete -c koji -n "__fish_koji_using_subcommand remove-external-repo" -l force -d 'Remove it even where tags use it'
complete -c koji -n "__fish_koji_using_subcommand remove-external-repo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-host" -l arches -d 'Arches that they build for' -r
complete -c koji -n "__fish_koji_using_subcommand edit-host" -l capacity -d 'How much work they take at a time' -r
complete -c koji -n "__fish_koji_using_subcommand edit-host" -l description -d 'What they are' -r
complete -c koji -n "__fish_koji_using_subcommand edit-host" -l comment -d 'A remark' -r
complete -c koji -n "__fish_koji_using_subcommand edit-host" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand hostinfo" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand assign-task" -s f -l force -d 'Even if the task is not free'
complete -c koji -n "__fish_koji_using_subcommand assign-task" -l override -d 'Without the scheduler\'s checks of the host'
complete -c koji -n "__fish_koji_using_subcommand assign-task" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand set-task-priority" -l priority -d 'The new priority; lower numbers come first' -r
complete -c koji -n "__fish_koji_using_subcommand set-task-priority" -l recurse -d 'Their child tasks, too'
complete -c koji -n "__fish_koji_using_subcommand set-task-priority" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-volume" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-volumes" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand set-build-volume" -s v -l verbose -d 'Say what moves'
complete -c koji -n "__fish_koji_using_subcommand set-build-volume" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand add-channel" -l description -d 'What the channel is for' -r
complete -c koji -n "__fish_koji_using_subcommand add-channel" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand edit-channel" -l name -d 'Its new name' -r
complete -c koji -n "__fish_koji_using_subcommand edit-channel" -l description -d 'What the channel is for' -r
complete -c koji -n "__fish_koji_using_subcommand edit-channel" -l comment -d 'A remark' -r
complete -c koji -n "__fish_koji_using_subcommand edit-channel" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand enable-channel" -l comment -d 'Why' -r
complete -c koji -n "__fish_koji_using_subcommand enable-channel" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand disable-channel" -l comment -d 'Why' -r
complete -c koji -n "__fish_koji_using_subcommand disable-channel" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand remove-host-from-channel" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand promote-build" -s f -l force -d 'Override policies; for admins only'
complete -c koji -n "__fish_koji_using_subcommand promote-build" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand list-channels" -l arch -d 'Only hosts of this arch' -r
complete -c koji -n "__fish_koji_using_subcommand list-channels" -l simple -d 'Names only'
complete -c koji -n "__fish_koji_using_subcommand list-channels" -l quiet -d 'No header'
complete -c koji -n "__fish_koji_using_subcommand list-channels" -l comment -d 'Show comments'
complete -c koji -n "__fish_koji_using_subcommand list-channels" -l description -d 'Show descriptions'
complete -c koji -n "__fish_koji_using_subcommand list-channels" -l enabled -d 'Only channels that are enabled'
complete -c koji -n "__fish_koji_using_subcommand list-channels" -l not-enabled -l disabled -d 'Only channels that are not enabled'
complete -c koji -n "__fish_koji_using_subcommand list-channels" -s h -l help -d 'Print help'
complete -c koji -n "__fish_koji_using_subcommand version" -s h -l help -d 'Print help'
