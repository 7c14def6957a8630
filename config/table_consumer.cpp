#include "config/section_table.hpp"

namespace wskafka::config {

namespace {

using consumer = consumer_options;
using table_part = section_table<consumer>;

const std::vector<std::pair<std::string_view, start_offset>> start_words = {
    {"latest", start_offset::latest},
    {"earliest", start_offset::earliest},
    {"none", start_offset::none}};

void add_group(table_part& t) {
  t.text("kafkaHost", &consumer::host, {0, 10'000},
         "Brokers for reading, when they are not those of kafka_config.",
         "bootstrap.servers")
      .example = R"("localhost:9092")";
  t.flag("ssl", &consumer::ssl,
         "TLS to the brokers for reading; certificates are given in "
         "`librdkafka`.",
         "security.protocol")
      .type = kind::tls;
  t.text("groupId", &consumer::group_id, {1, 255},
         "Consumer group of a subscribe that names none.", "group.id");
  t.flag("autoCommit", &consumer::auto_commit,
         "Confirmed records are committed by the gateway.");
  t.number("autoCommitIntervalMs", &consumer::auto_commit_interval, {10, hour},
           "ms", "How often what was delivered is confirmed and committed.");
}

void add_fetch(table_part& t) {
  t.number("fetchMaxWaitMs", &consumer::fetch_max_wait, {0, 300'000}, "ms",
           "How long a broker may hold a fetch that finds too little.",
           "fetch.wait.max.ms")
      .example = "100";
  t.number("fetchMinBytes", &consumer::fetch_min_bytes, {1, 100'000'000},
           "bytes", "What a broker waits for before it answers a fetch.",
           "fetch.min.bytes")
      .example = "1";
  t.number("fetchMaxBytes", &consumer::fetch_max_bytes, {1, 1'000'000'000},
           "bytes", "What one fetch takes from one partition.",
           "fetch.message.max.bytes")
      .example = "1048576";
  t.number("maxTickMessages", &consumer::max_tick_messages, {1, 1'000'000},
           "records",
           "Most records taken from one partition in one turn, which never "
           "takes more than 256.");
  t.word<start_offset>("fromOffset", &consumer::from_offset, start_words,
                       "Where a group starts that has committed nothing; "
                       "none fails the subscribe.");
  t.word<start_offset>("outOfRangeOffset", &consumer::out_of_range_offset,
                       start_words,
                       "Where a group goes on when the broker no longer has "
                       "what comes next; none stops the partition with an "
                       "`error` event until a client seeks.",
                       "auto.offset.reset");
}

void add_membership(table_part& t) {
  t.number("sessionTimeout", &consumer::session_timeout, {2000, hour}, "ms",
           "After this long without a sign of life a gateway loses its "
           "partitions to others of the group.",
           "session.timeout.ms");
  t.number("retries", &consumer::retries, {0, 1000}, "",
           "How many times retryFactor lengthens the pause between attempts to "
           "reconnect, which ends at 10 s; the attempts themselves never end.",
           "reconnect.backoff.max.ms");
  t.number("retryFactor", &consumer::retry_factor, {1, 100}, "",
           "Growth of the pause between attempts to reconnect.",
           "reconnect.backoff.max.ms");
  t.number("retryMinTimeout", &consumer::retry_min_timeout, {1, hour}, "ms",
           "First pause between attempts to reconnect.",
           "reconnect.backoff.ms");
  t.texts("protocol", &consumer::protocol, {1, 2},
          "How a group's partitions are shared between gateways, in order of "
          "preference.",
          "partition.assignment.strategy")
      .words = {"roundrobin", "range"};
}

void add_delivery(table_part& t) {
  t.number("mq_limit", &consumer::mq_limit, {1, 10'000'000}, "records",
           "A connection's buffer is sent when it holds this many.");
  t.interval("mq_interval", &consumer::mq_interval, {1, hour},
             "A connection's buffer is sent this long after its first "
             "record; null sends at once.");
  t.number("gather_interval", &consumer::gather_interval, {0, 100}, "ms",
           "In a stream of records, those that come within this time of the "
           "ones before are taken together; 0 takes each at once, for less "
           "latency and more processor time.");
  t.flag("read_committed", &consumer::read_committed,
         "Records of aborted transactions are never delivered.",
         "isolation.level");
  t.number("max_groups", &consumer::max_groups, {1, 100'000}, "groups",
           "Most groups served at a time; each costs threads.");
  t.number("group_linger", &consumer::group_linger, {0, hour}, "ms",
           "How long a group without clients is kept for one that returns.");
  t.number("handover_timeout", &consumer::handover_timeout, {0, 20'000}, "ms",
           "How long the old owner of a moving partition may take to confirm "
           "what it was sent.");
  t.number(
      "broadcast_history", &consumer::broadcast_history, {kibibyte, tebibyte},
      "bytes",
      "What a broadcast topic keeps of its newest records, so that clients "
      "who come back get them without asking Kafka.");
  t.number("history_readers", &consumer::history_readers, {1, 100}, "handles",
           "How many handles read what is older than that, in turn.");
  t.number("history_queue", &consumer::history_queue, {1, 1'000'000}, "reads",
           "Most clients that are given what is older at a time; those beyond "
           "get LIMIT_REACHED.");
  t.number("ack_timeout", &consumer::ack_timeout, {1000, 24 * hour}, "ms",
           "How long a client of commit \"ack\" may have records outstanding "
           "without acknowledging any; then it is closed as slow.");
  t.number("prefetch_budget", &consumer::prefetch_budget, {mebibyte, tebibyte},
           "bytes", "What records fetched ahead may hold, over all groups.");
}

void add_ignored(table_part& t) {
  t.ignored("paused", kind::flag, {false},
            "Records are delivered from the subscribe reply on.");
  t.ignored("host", kind::text, {}, "The gateway never talks to ZooKeeper.");
  t.ignored("maxNumSegments", kind::integer, {std::int64_t{1000}},
            "The gateway bounds memory by bytes.");
  t.ignored("connectOnReady", kind::flag, {true},
            "A group is joined when the first client subscribes.");
  t.ignored("migrateHLC", kind::flag, {false},
            "There is nothing to migrate from ZooKeeper.")
      .refused = {{{true}, "offsets in ZooKeeper cannot be migrated here"}};
  t.ignored("migrateRolling", kind::flag, {true},
            "There is nothing to migrate from ZooKeeper.");
}

}  // namespace

std::vector<option> consumer_table() {
  table_part t{"consumer_config", &options::consumer};
  add_group(t);
  add_fetch(t);
  add_membership(t);
  add_delivery(t);
  add_ignored(t);
  t.properties();
  return t.take();
}

}  // namespace wskafka::config
