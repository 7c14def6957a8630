#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What the gateway can be told, as plain values. The option table
/// (`table.hpp`) maps every member to its key, type, range, default, unit and
/// text; the defaults themselves stand here and nowhere else. Durations are
/// milliseconds and sizes are bytes unless a comment says otherwise.
///
/// Reading the structs is safe from any thread once they are filled; nothing
/// changes them after start.
namespace wskafka::config {

using std::chrono::milliseconds;

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = std::size_t{1024} * 1024;

/// librdkafka's own properties, passed through as they are.
using property_map = std::map<std::string, std::string>;

/// Where a group without a committed offset starts (`fromOffset`), or goes
/// when its committed offset is gone (`outOfRangeOffset`).
enum class start_offset { earliest, latest, none };

/// How many acknowledgements the broker waits for (`requireAcks`).
enum class acks { none = 0, leader = 1, all = -1 };

/// Which partition a record without a key goes to (`partitionerType`).
enum class partitioner { first = 0, random = 1, cyclic = 2, keyed = 3 };

enum class log_format { text, json };

/// Section `kafka_config`: the cluster, and what all its clients share.
struct kafka_options {
  /// `kafkaHost`, comma-separated host:port. Empty: the embedded broker.
  std::string host;
  std::string client_id = "wskafka";
  milliseconds connect_timeout{1000};
  /// Deadline of every request that is not a publish.
  milliseconds request_timeout{60000};
  /// TLS to the brokers.
  bool ssl = false;
  /// A subscribe or notif that names a missing topic creates it.
  bool auto_create_topics = true;
  /// Topics whose name starts with `__` may be named.
  bool allow_internal_topics = false;
  /// Clients may delete topics.
  bool allow_delete_topics = false;
  /// How often the topic list is refreshed.
  milliseconds metadata_refresh{10000};
  /// Threads that poll consumer handles; 0 means max(1, cores / 4).
  unsigned pollers = 0;
  /// Partitions of a topic created on the embedded broker.
  int embedded_partitions = 3;
  property_map librdkafka;
};

/// Section `websocket_config`: the listening side, and the server's life.
struct websocket_options {
  std::string host = "0.0.0.0";
  /// 0: any free port, printed at start.
  std::uint16_t port = 3000;
  /// Shards, each one io thread; 0 means one per core.
  unsigned io_threads = 0;
  /// Threads that run actors; 0 means one per core.
  unsigned actor_threads = 0;
  std::size_t max_connections = 100'000;
  /// Exact values of `Origin` that may connect; empty allows all.
  std::vector<std::string> allowed_origins;
  std::size_t max_frame_in = mebibyte;
  std::size_t max_frame_out = mebibyte;
  std::size_t max_record_out = 8 * mebibyte;
  std::size_t max_messages_per_frame = 1000;
  std::size_t max_topics_per_request = 100;
  std::size_t max_id = 1024;
  std::size_t max_header = 16'000;
  milliseconds ping_interval{25000};
  milliseconds handshake_timeout{5000};
  /// The longest time from a message's first byte to its last.
  milliseconds message_timeout{30000};
  /// Frames that one fragmented message may be cut into.
  std::size_t max_fragments = 1024;
  /// Pings per second of one peer that are answered; more end it.
  unsigned max_pings_per_second = 20;
  /// How long a connection over its budget goes unread before what does not
  /// fit is refused.
  milliseconds publish_stall{5000};
  /// How long a peer may take no byte while a write is outstanding.
  milliseconds slow_timeout{30000};
  /// How long a peer without a subscription may ask for nothing; absent
  /// (`null`): for ever.
  std::optional<milliseconds> idle_timeout;
  /// Bytes that one connection may hold, inward and outward.
  std::size_t connection_in_bytes = 4 * mebibyte;
  std::size_t connection_out_bytes = 4 * mebibyte;
  /// Bytes that all connections may hold together.
  std::size_t process_in_bytes = 256 * mebibyte;
  std::size_t process_out_bytes = 256 * mebibyte;
  /// How long a clean stop may take.
  milliseconds stop_timeout{25000};
  std::string log_level = "info";
  log_format log = log_format::text;
};

/// Section `producer_config`.
struct producer_options {
  acks require_acks = acks::all;
  /// The broker's own wait for in-sync replicas.
  milliseconds ack_timeout{30000};
  partitioner partitioner_type = partitioner::cyclic;
  std::size_t mq_limit = 20'000;
  /// Absent (`null`): messages are published at once.
  std::optional<milliseconds> mq_interval{200};
  /// Answers TIMEOUT when a record is not reported by then.
  milliseconds publish_timeout{30000};
  /// How far ahead of our clock a record's own timestamp may be. Half of what
  /// Kafka 4 takes: clocks may differ.
  milliseconds max_timestamp_ahead{1'800'000};
  property_map librdkafka;
};

/// Section `consumer_config`.
struct consumer_options {
  /// Overrides `kafka_config.kafkaHost` for consumers when set.
  std::string host;
  bool ssl = false;
  std::string group_id = "kafka-node-group";
  bool auto_commit = true;
  milliseconds auto_commit_interval{500};
  std::optional<milliseconds> fetch_max_wait;
  std::optional<int> fetch_min_bytes;
  std::optional<int> fetch_max_bytes;
  /// Most records taken from one partition in one poller turn.
  std::size_t max_tick_messages = 1000;
  start_offset from_offset = start_offset::latest;
  start_offset out_of_range_offset = start_offset::earliest;
  milliseconds session_timeout{30000};
  unsigned retries = 10;
  double retry_factor = 1.8;
  milliseconds retry_min_timeout{1000};
  std::vector<std::string> protocol{"roundrobin"};
  std::size_t mq_limit = 5000;
  /// Absent (`null`): records are delivered at once.
  std::optional<milliseconds> mq_interval{50};
  /// For how long records that come in quick succession are gathered; 0: not.
  milliseconds gather_interval{2};
  /// `read_committed`: records of aborted transactions are never delivered.
  bool read_committed = true;
  std::size_t max_groups = 200;
  /// How long an abandoned group or topic is kept for a returning client.
  milliseconds group_linger{3000};
  /// How long the old owner of a moving partition may take to confirm.
  milliseconds handover_timeout{2000};
  /// What each broadcast topic keeps for those who come back, in bytes.
  std::size_t broadcast_history = 4 * mebibyte;
  /// Handles that read what is older than that, and reads that wait for them.
  std::size_t history_readers = 2;
  std::size_t history_queue = 1000;
  /// How long a client that acknowledges itself may owe acks without any.
  milliseconds ack_timeout{300'000};
  /// Bound of librdkafka's prefetch queues, summed over all groups.
  std::size_t prefetch_budget = 512 * mebibyte;
  property_map librdkafka;
};

/// Everything, as the four sections of the configuration file.
struct options {
  kafka_options kafka;
  websocket_options websocket;
  producer_options producer;
  consumer_options consumer;
};

}  // namespace wskafka::config
