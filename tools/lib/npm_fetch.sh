# Sourced by tools/check-asyncapi: fetch_npm brings what test/data/npm pins into
# the cache, once; prints the folder for NODE_PATH.

fetch_npm() {
  local pins=$root/test/data/npm
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/wskafka/npm
  mkdir -p "$cache"
  # Others may fetch the same at this moment.
  exec 8>"$cache/lock"
  flock 8
  if [[ ! -d $cache/node_modules ]] ||
    ! cmp -s "$pins/package-lock.json" "$cache/fetched.json"; then
    echo "fetching npm's packages for the tests" >&2
    rm -f "$cache/fetched.json"
    cp "$pins/package.json" "$pins/package-lock.json" "$cache"
    # No script of theirs is run.
    npm ci --prefix "$cache" --ignore-scripts --no-audit --no-fund \
      </dev/null >"$cache/fetch.log" 2>&1 8>&- || {
      tail -n 20 "$cache/fetch.log" >&2
      fail "cannot fetch npm's packages"
    }
    cp "$pins/package-lock.json" "$cache/fetched.json"
  fi
  exec 8>&-
  echo "$cache/node_modules"
}
