#!/usr/bin/env bash
# Has moto, the emulator of AWS that tests use, in a folder: from the packages of the Debian after this one, which are unpacked there and nowhere else.
#
#   ./eng/moto.sh artifacts/tools/moto
set -euo pipefail

# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

suite=trixie
packages=(python3-moto python3-boto3 python3-botocore python3-s3transfer python3-antlr4)
# What it needs of this machine's own Debian.
needs=(python3-flask python3-flask-cors python3-responses python3-xmltodict python3-werkzeug python3-cryptography python3-requests python3-jinja2 python3-dateutil python3-jmespath python3-yaml python3-docker)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

folder=${1:?Name the folder.}
[ ! -e "$folder/usr/lib/python3/dist-packages/moto" ] || exit 0

say "Missing here: moto. Fetching: ${packages[*]}"
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needs[@]}"

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
mkdir -p "$new/lists/partial" "$new/archives/partial" "$new/root"
# From where this machine has its own packages: another suite of the same archive, for this download alone.
archive=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' | awk '$2 !~ /-/ && $3 == "main" && !found {print $1; found = 1}')
printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$archive" "$suite" >"$new/sources.list"
options=(-o "Dir::Etc::sourcelist=$new/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$new/lists" -o "Dir::Cache=$new" -o APT::Sandbox::User=root)
apt-get "${options[@]}" update -qq
(cd "$new" && apt-get "${options[@]}" download -qq "${packages[@]}")
for package in "$new"/*.deb; do
  dpkg -x "$package" "$new/root"
done
mkdir -p "$(dirname "$folder")"
rm -rf "$folder"
mv "$new/root" "$folder"
