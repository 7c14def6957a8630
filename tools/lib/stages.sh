# Sourced by tools/test: runs stages one after the other, keeps their logs, and
# counts tests.

logs=$root/build/test-logs
passed=0
failed=0
broken=()

# stage NAME COMMAND...: a step that tests nothing itself.
stage() {
  local name=$1 log started=$SECONDS
  shift
  log=$logs/${name//[^a-z0-9.]/-}.log
  if "$@" >"$log" 2>&1 </dev/null; then
    echo "ok   $name ($((SECONDS - started)) s)"
    return 0
  fi
  broken+=("$name")
  echo "FAIL $name ($((SECONDS - started)) s), from $log:"
  # Where a compiler or a test says what is wrong is seldom the last line.
  tail -n 200 "$log" | sed 's/^/     /'
  return 1
}

# tests NAME COMMAND...: the same, and its tests are counted; none is a failure.
tests() {
  local name=$1 log good bad ended=0
  log=$logs/${name//[^a-z0-9.]/-}.log
  stage "$@" || ended=1
  read -r good bad < <("$python" "$root/tools/lib/count_tests.py" <"$log")
  # The program's word against its counts: one of them is a failure.
  [[ $ended -eq 0 || $bad -gt 0 ]] || bad=1
  if [[ $good -eq 0 && $bad -eq 0 ]]; then
    echo "FAIL $name: no test ran"
    bad=1
  fi
  grep '^left out' "$log" | sed 's/^/     /' || true
  echo "     $good passed, $bad failed"
  passed=$((passed + good))
  failed=$((failed + bad))
}

# The closing line, alone; a stage that broke without tests counts as one.
finish() {
  local name
  for name in "${broken[@]}"; do
    echo "broken: $name"
  done
  if [[ $failed -lt ${#broken[@]} ]]; then
    failed=${#broken[@]}
  fi
  echo "$passed passed, $failed failed"
  [[ $failed -eq 0 && $passed -gt 0 ]]
}
