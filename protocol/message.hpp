#pragma once

#include "protocol/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The requests of `protocol.md` as the parser hands them out. Every
/// `string_view` stands in the parser's buffers: valid until its next `parse`.
namespace wskafka::protocol {

/// What a reply repeats of its request, each as raw JSON text, byte for byte;
/// empty when the request had none (or a null `id`). `t` and `a` are empty too
/// when they were not strings.
struct envelope {
  std::string_view id;
  std::string_view t;
  std::string_view a;
};

/// One header of a record.
struct record_header {
  std::string_view name;
  std::string_view value;
  /// The value was `null`.
  bool null_value = false;
};

/// What a record has beside its value, where its request told any of it.
struct record_extras {
  /// Bytes; none without a key, or with `null`.
  std::optional<std::string_view> key;
  /// The record's own partition, from 0 on; it need not be there.
  std::optional<std::int32_t> partition;
  /// Milliseconds since 1970, above 0.
  std::optional<std::int64_t> timestamp;
  std::vector<record_header> headers;
};

/// `notif` `create`: append one record to a topic.
struct publish_request {
  envelope head;
  std::string_view topic;
  /// The record's bytes: the text of a string, or another value's JSON
  /// without the whitespace outside strings.
  std::string_view value;
  /// `m` was `null`: Kafka's null value.
  bool null_value = false;
  /// Answer it when the broker has it.
  bool ack = false;
  /// Null for most, which cost nothing thereby.
  const record_extras* more = nullptr;
};

/// One setting of a topic, by Kafka's name.
struct topic_setting {
  std::string_view name;
  std::string_view value;
};

/// What is told of a topic that is to be created.
struct topic_shape {
  std::string_view topic;
  std::optional<std::int32_t> partitions;
  std::optional<std::int16_t> replication_factor;
  /// Each name stands once.
  std::vector<topic_setting> config;
};

/// `topic` `create`; names are valid and each stands once.
struct create_request {
  envelope head;
  std::vector<std::string_view> topics;
  /// Names against the rule, each once: they fail, the others are created.
  std::vector<topic_failure> refused;
  /// Of those topics of which more than the name is told.
  std::vector<topic_shape> shapes;
};

/// `topic` `delete`, like a create.
struct delete_request {
  envelope head;
  std::vector<std::string_view> topics;
  std::vector<topic_failure> refused;
};

/// `topic` `describe`; names are valid and each stands once.
struct describe_request {
  envelope head;
  std::vector<std::string_view> topics;
};

/// `topic` `offsets`; names are valid and each stands once.
struct offsets_request {
  envelope head;
  std::vector<std::string_view> topics;
  /// Milliseconds since the epoch.
  std::optional<std::int64_t> at;
  /// Empty: of no group.
  std::string_view group;
};

/// `topic` `list`.
struct list_request {
  envelope head;
};

/// A record's place: `offset` is that of the next one.
struct record_position {
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};

/// `p.from` of a subscribe.
struct subscribe_start {
  enum class kind : std::uint8_t {
    /// The log's end, named exactly.
    latest,
    /// The first record that is still there.
    earliest,
    /// The first record of that time or later.
    time,
    /// Those listed.
    positions,
  };
  kind what = kind::latest;
  /// Milliseconds since the epoch.
  std::int64_t time = 0;
  /// Of topics that the request names, or may mean by a pattern; each partition
  /// stands once.
  std::vector<record_position> positions;
};

/// What happens when the client takes less than comes: its partitions wait for
/// it (a group), it is closed, or records are left out (a broadcast).
enum class slow_policy : std::uint8_t { hold, close, drop };

/// `topic` `subscribe`; names are valid and each stands once.
struct subscribe_request {
  envelope head;
  std::vector<std::string_view> topics;
  /// Entries that begin with ^: each stands for the topics whose whole names it
  /// matches.
  std::vector<std::string_view> patterns;
  /// Empty: the configured `groupId`.
  std::string_view group;
  /// No group: every record, like all others who ask for it.
  bool broadcast = false;
  /// Deliveries with `meta`; true with `ack`.
  bool meta = false;
  /// The client confirms by `ack_request`.
  bool ack = false;
  /// Most records sent and not confirmed; 0: any number.
  std::size_t window = 0;
  /// The mq buffer's triggers, within the server's; absent: those.
  std::optional<std::size_t> flush_limit;
  std::optional<std::int64_t> flush_interval;
  std::optional<subscribe_start> start;
  /// What happens to a client that takes too little; absent: the default.
  std::optional<slow_policy> slow;
  /// Events of the subscription are told.
  bool events = false;
};

/// `notif` `ack`: these records and all before them in their partitions were
/// processed. Not answered when it can be read.
struct ack_request {
  envelope head;
  /// The offsets are those of records.
  std::vector<record_position> records;
};

/// `topic` `pause`, `resume`, `seek` and `position`, of what the connection
/// gets by its subscription.
struct partitions_request {
  enum class action : std::uint8_t { pause, resume, seek, position };
  envelope head;
  action what = action::position;
  /// Each partition stands once; the offsets are those of `seek`.
  std::vector<record_position> partitions;
  /// None was named: all of them.
  bool all = false;
};

/// `topic` `unsubscribe`.
struct unsubscribe_request {
  envelope head;
};

/// `health`, with the page that `p.detail` asks for.
struct health_request {
  envelope head;
  bool detail = false;
  std::size_t limit = 1000;
  std::size_t offset = 0;
};

/// `hello`: what is the server able to do? From here on the client is refused
/// keys of `p` that its requests do not know.
struct hello_request {
  envelope head;
};

/// `ping`.
struct ping_request {
  envelope head;
};

/// A message that cannot be carried out: answer it with `why`.
struct bad_request {
  envelope head;
  failure why;
  /// It was a `notif`, whose failure carries `p.persisted`; of those: one that
  /// publishes, and no ack.
  bool notif = false;
  bool publish = false;
  /// It is refused for this key of `p`; `known` are those that it may have.
  std::string_view unknown_key{};
  const std::vector<std::string>* known = nullptr;
};

using message =
    std::variant<publish_request, create_request, delete_request, list_request,
                 describe_request, offsets_request, subscribe_request,
                 unsubscribe_request, partitions_request, health_request,
                 hello_request, ping_request, ack_request, bad_request>;

}  // namespace wskafka::protocol
