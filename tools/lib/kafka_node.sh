# Sourced by tools/kafka: one broker on this machine, alone in its cluster.
# All that an instance has lies in its folder, $state/NAME, and goes with it.

state=${TMPDIR:-/tmp}/wskafka-kafka-$(id -u)

# Kafka lets itself be given port 0, but a controller's port must be known
# before. They lie outside of what the system gives to others meanwhile (Linux:
# 32768 and above): a mock broker there would even answer as ours.
free_ports() {
  "$python" - <<'PY'
import random
import socket
held = []
while len(held) < 2:
    one = socket.socket()
    try:
        one.bind(("127.0.0.1", random.randrange(15000, 32000)))
        held.append(one)
    except OSError:
        pass
print(*(one.getsockname()[1] for one in held))
PY
}

write_properties() {
  local folder=$1 port=$2 controller=$3
  cat >"$folder/server.properties" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$folder/data
num.partitions=3
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
# Tests give their records times of their own, years ago.
log.retention.ms=-1
CONF
}

write_log_settings() {
  cat >"$1/log4j.properties" <<CONF
log4j.rootLogger=INFO, file
log4j.appender.file=org.apache.log4j.FileAppender
log4j.appender.file.File=$1/log/broker.log
log4j.appender.file.layout=org.apache.log4j.PatternLayout
log4j.appender.file.layout.ConversionPattern=%d %p %c{1}: %m%n
CONF
}

# The command line of the instance's Java, as the array java.
set_java() {
  java=(java -Xmx768m -XX:+UseSerialGC
    -Dlog4j.configuration="file:$1/log4j.properties" -cp "$2/*")
}

# The process is alive and no other one that got its number.
alive() {
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$1/server.properties"
}

answers() {
  kcat -L -m 2 -b "$(cat "$1/bootstrap")" >"$1/log/kcat.log" 2>&1
}

# Starts the process and waits until it answers; false when it ended before.
launch() {
  local folder=$1 jars=$2 port controller deadline java
  set_java "$folder" "$jars"
  read -r port controller < <(free_ports)
  rm -rf "$folder/data" "$folder/pid"
  write_properties "$folder" "$port" "$controller"
  write_log_settings "$folder"
  "${java[@]}" kafka.tools.StorageTool format \
    -t "$(head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | tr -d '=')" \
    -c "$folder/server.properties" </dev/null >"$folder/log/format.log" 2>&1 ||
    return 1
  (
    exec 9>&- # the lock of start
    setsid bash -c 'echo $$ >"$0"; exec "$@"' "$folder/pid" \
      "${java[@]}" kafka.Kafka "$folder/server.properties" \
      </dev/null >"$folder/log/out.log" 2>&1 &
  )
  echo "127.0.0.1:$port" >"$folder/bootstrap"
  deadline=$((SECONDS + 90))
  until answers "$folder"; do
    if [[ $SECONDS -ge $deadline ]]; then
      end_process "$folder"
      return 1
    fi
    [[ ! -s $folder/pid ]] || alive "$folder" || return 1
    sleep 0.2
  done
}

# Politely, then not.
end_process() {
  local folder=$1 pid deadline=$((SECONDS + 15))
  alive "$folder" || return 0
  pid=$(cat "$folder/pid")
  kill "$pid" 2>/dev/null || true
  while alive "$folder"; do
    [[ $SECONDS -lt $deadline ]] || kill -9 "$pid" 2>/dev/null || true
    sleep 0.1
  done
}
