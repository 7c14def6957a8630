# Sourced by tools/kafka: fetch_kafka VERSION brings the broker's jars from
# Maven Central into the cache, once; prints their folder.

kafka_cache() {
  echo "${XDG_CACHE_HOME:-$HOME/.cache}/wskafka/kafka-$1"
}

write_pom() {
  cat <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>wskafka</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$1</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka-tools</artifactId>
      <version>$1</version>
    </dependency>
    <!-- 4.x brings no logger of its own; this one does for all versions. -->
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-reload4j</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
POM
}

fetch_kafka() {
  local version=$1 cache
  cache=$(kafka_cache "$version")
  mkdir -p "$cache"
  # Others may fetch the same version at this moment.
  exec 8>"$cache/lock"
  flock 8
  if [[ ! -d $cache/jars ]] ||
    ! write_pom "$version" | cmp -s - "$cache/pom.xml"; then
    echo "fetching Kafka $version from Maven Central" >&2
    rm -rf "$cache/partial" "$cache/jars"
    write_pom "$version" >"$cache/pom.xml"
    mvn -B -ntp -f "$cache/pom.xml" -DincludeScope=runtime \
      -DoutputDirectory="$cache/partial" \
      org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
      </dev/null >"$cache/fetch.log" 2>&1 8>&- || {
      tail -n 20 "$cache/fetch.log" >&2
      fail "cannot fetch Kafka $version"
    }
    mv "$cache/partial" "$cache/jars"
  fi
  exec 8>&-
  echo "$cache/jars"
}
