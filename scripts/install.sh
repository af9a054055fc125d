#!/bin/bash
# Installs the programs of $BIN_DIR with manual pages, completions, units and samples below $DESTDIR$PREFIX. Configuration
# in /etc is not touched.
set -euo pipefail
cd "$(dirname "$0")/.."
PREFIX=${PREFIX:-/usr/local}
BIN_DIR=${BIN_DIR:-$PWD/target/dist}
to=${DESTDIR:-}$PREFIX
for program in koji koji-hub kojid kojira; do
    if ! [ -x "$BIN_DIR/$program" ]; then
        echo "install: $BIN_DIR/$program is missing: \`make install\` compiles it first" >&2
        exit 1
    fi
done

put() { # MODE DIRECTORY FILE...
    local mode=$1 dir=$to/$2
    shift 2
    install -d -m 755 "$dir"
    install -m "$mode" -t "$dir" "$@"
}

put 755 bin "$BIN_DIR/koji" "$BIN_DIR/koji-hub"
put 755 sbin "$BIN_DIR/kojid" "$BIN_DIR/kojira"
for section in 1 5 8; do
    put 644 "share/man/man$section" man/*."$section"
done
put 644 share/bash-completion/completions completions/koji.bash
mv "$to/share/bash-completion/completions/koji.bash" "$to/share/bash-completion/completions/koji"
put 644 share/zsh/site-functions completions/_koji
put 644 share/fish/vendor_completions.d completions/koji.fish
put 644 share/doc/koji config/*.sample config/keymap.toml README.md CHANGELOG.md LICENSE*
put 644 lib/systemd/system config/systemd/*.service
sed -i -E "s,^(Exec[A-Za-z]*=)/usr/,\1$PREFIX/," "$to"/lib/systemd/system/koji*.service
echo "installed below $to; samples of the configuration are in $to/share/doc/koji"
