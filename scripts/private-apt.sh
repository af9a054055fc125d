#!/bin/bash
# Makes an apt with package lists of its own in directory $1, with source packages, without touching the machine's
# configuration; its archives are those that the machine uses for the release it runs, its packages those of Debian's
# architecture $2, or the machine's. Use it with APT_CONFIG=$1/apt.conf. Done once; remove the directory to read the lists anew.
set -euo pipefail

apt=$(realpath -m "$1")
[ ! -f "$apt/complete" ] || exit 0
rm -rf "$apt"
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"
cat >"$apt/apt.conf" <<CONF
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt/cache";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "$apt/parts";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
CONF
if [ -n "${2:-}" ]; then
    echo "APT::Architecture \"$2\"; APT::Architectures { \"$2\"; };" >>"$apt/apt.conf"
fi

codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
signed=
[ ! -f "$keyring" ] || signed="[signed-by=$keyring] "
# shellcheck disable=SC2016  # apt's own placeholders
apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
    while read -r uri suite component; do
        case "$component $suite" in
            "main $codename")
                echo "deb $signed$uri $suite main"
                echo "deb-src $signed$uri $suite main"
                ;;
            "main $codename-updates" | "main $codename-security") echo "deb $signed$uri $suite main" ;;
        esac
    done >"$apt/sources.list"
[ -s "$apt/sources.list" ] || { echo "apt has no archive of the release $codename" >&2; exit 1; }
APT_CONFIG=$apt/apt.conf apt-get -q update
touch "$apt/complete"
