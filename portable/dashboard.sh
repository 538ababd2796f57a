#!/usr/bin/env bash
# Installs the real Aspire dashboard in .local/dashboard, from the npm package that carries it (MIT; some 130 MB to fetch).
# Does nothing when it is there. The portable host starts it from then on; without it the stack runs as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=13.5.4
target=.local/dashboard

[ "$(cat "$target/version" 2>/dev/null)" = "$version" ] && [ -x "$target/managed/aspire-managed" ] && exit 0

case "$(uname -m)" in
  x86_64) package=@microsoft/aspire-cli-linux-x64 ;;
  aarch64) package=@microsoft/aspire-cli-linux-arm64 ;;
  *) echo "There is no dashboard for $(uname -m)." >&2; exit 1 ;;
esac

mkdir -p "$target"
work=$(mktemp -d "$PWD/$target/install.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo '{ "private": true }' >"$work/package.json"
npm --prefix "$work" install --ignore-scripts --no-audit --no-fund --loglevel=error "$package@$version"

# Its setup unpacks more than is needed here and then misses parts of an Aspire installation: what counts is the program.
HOME=$work DOTNET_CLI_TELEMETRY_OPTOUT=1 ASPIRE_CLI_TELEMETRY_OPTOUT=1 \
  timeout 180 "$work/node_modules/$package/bin/aspire" setup --install-path "$work/unpacked" >"$work/setup.log" 2>&1 || true
program=$(find "$work/unpacked" -type f -path '*/managed/aspire-managed' -print -quit 2>/dev/null || true)

if [ -z "$program" ]; then
  tail -n 20 "$work/setup.log" >&2
  echo "The package could not be unpacked." >&2
  exit 1
fi

rm -rf "$target/managed"
mv "$(dirname "$program")" "$target/managed"
echo "$version" >"$target/version"
echo "The Aspire dashboard $version is installed."
