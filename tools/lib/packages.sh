# Sourced: install_packages brings what tools/packages.txt names and this
# machine lacks. Does nothing, and needs no right, when all is there.

wanted_packages() {
  sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$root/tools/packages.txt"
}

# What installed packages have in them besides: Debian's nodejs comes without
# npm, others bring it and refuse Debian's.
provided_packages() {
  dpkg-query -W -f '${db:Status-Status} ${Provides}\n' |
    sed -n -e '/^installed ./!d' -e 's/^installed //' -e 's/ *([^)]*)//g' \
      -e 's/,//g' -e p
}

missing_packages() {
  local name provided=
  for name in $(wanted_packages); do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) != \
      installed ]] || continue
    [[ -n $provided ]] || provided=" $(provided_packages) "
    [[ $provided == *[[:space:]]"$name"[[:space:]]* ]] || echo "$name"
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
