#!/bin/bash
# Installs the system packages that building, running and testing need. Asks nothing, says what it does, and
# leaves alone what is there. Uses apt or dnf; sudo when not started by root.
set -euo pipefail

# what               Debian, Ubuntu        Fedora, EL
packages=(
    "linker            gcc                   gcc"
    "libc-headers      libc6-dev             glibc-devel"
    "krb5-headers      libkrb5-dev           krb5-devel"
    "libclang          libclang-dev          clang-devel"
    "make              make                  make"
    "git               git                   git-core"
    "git-daemon        git                   git-daemon"
    "postgresql        postgresql            postgresql-server"
    "rpm               rpm                   rpm"
    "rpmbuild          rpm                   rpm-build"
    "rpmsign           rpm                   rpm-sign"
    "gpg               gnupg                 gnupg2"
    "rpm2cpio          rpm2cpio              rpm"
    "dnf               dnf                   dnf"
    "dnf-plugins       dnf-plugins-core      dnf-plugins-core"
    "createrepo_c      createrepo-c          createrepo_c"
    "subuids           uidmap                shadow-utils"
    "python            python3               python3"
    "python-venv       python3-venv          python3"
    "python-rpm        python3-rpm           python3-rpm"
    "python-gssapi     python3-gssapi        python3-gssapi"
    "kdc               krb5-kdc              krb5-server"
    "kdc-admin         krb5-admin-server     krb5-server"
    "kinit             krb5-user             krb5-workstation"
    "curl              curl                  curl"
    "tmux              tmux                  tmux"
    "dbus              dbus-daemon           dbus-daemon"
    "keyring           gnome-keyring         gnome-keyring"
    "zsh               zsh                   zsh"
    "fish              fish                  fish"
    "zstd              zstd                  zstd"
    "xz                xz-utils              xz"
    "cpio              cpio                  cpio"
    "ca-certificates   ca-certificates       ca-certificates"
)

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# The command line that runs something as root.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo --non-interactive true 2>/dev/null || say "sudo may ask for your password"
        sudo "$@"
    else
        die "packages are missing and there is neither root nor sudo; as root: $*"
    fi
}

# Column $1 of the table, each name once.
column() {
    local line
    for line in "${packages[@]}"; do
        read -r -a words <<<"$line"
        printf '%s\n' "${words[$1]}"
    done | sort -u
}

with_apt() {
    local missing=()
    for package in $(column 1); do
        case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" in
            installed) ;;
            *) missing+=("$package") ;;
        esac
    done
    [ ${#missing[@]} -gt 0 ] || { say "all packages are installed"; return; }
    say "installing with apt: ${missing[*]}"
    as_root apt-get -q update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"
}

with_dnf() {
    local missing=()
    for package in $(column 2); do
        rpm -q --whatprovides "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || { say "all packages are installed"; return; }
    say "installing with dnf: ${missing[*]}"
    as_root dnf -q -y --setopt=install_weak_deps=False install "${missing[@]}"
}

if command -v apt-get >/dev/null; then
    with_apt
elif command -v dnf >/dev/null; then
    with_dnf
else
    die "neither apt-get nor dnf is here; install by hand: $(column 0 | paste -sd' ')"
fi

command -v cargo >/dev/null || die "cargo is missing: install Rust from https://rustup.rs (or the package 'cargo', version 1.95 or later)"
