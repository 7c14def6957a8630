# Sourced: install_packages brings what tools/packages.txt names and this
# machine lacks. Does nothing, and needs no right, when all is there.

wanted_packages() {
  sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$root/tools/packages.txt"
}

missing_packages() {
  local name
  for name in $(wanted_packages); do
    if [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) != \
      installed ]]; then
      echo "$name"
    fi
  done
}

install_packages() {
  command -v dpkg-query >/dev/null ||
    fail "this machine has no Debian packages; see tools/packages.txt"
  local missing as_root=()
  mapfile -t missing < <(missing_packages)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null ||
      fail "install these packages as root: ${missing[*]}"
    as_root=(sudo)
  fi
  echo "installing ${missing[*]}" >&2
  {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -q -y --no-install-recommends \
      -o DPkg::Lock::Timeout=300 "${missing[@]}"
  } </dev/null >&2
}
