#include "config/properties.hpp"

#include <algorithm>
#include <array>

namespace wskafka::config {

namespace {

struct rule {
  /// A name; one that ends in `*` stands for all that start so.
  std::string_view name;
  std::string_view instead;
};

constexpr std::string_view hosts = "use kafka_config.kafkaHost";
constexpr std::string_view commits =
    "the gateway commits what clients confirmed; use "
    "consumer_config.autoCommit";
constexpr std::string_view acknowledged = "use producer_config.requireAcks";
constexpr std::string_view ledger =
    "publishes are bounded by websocket_config.process_in_bytes";
constexpr std::string_view prefetch =
    "what is fetched ahead is bounded by consumer_config.prefetch_budget";
constexpr std::string_view fetch_bytes =
    "prefetch_budget counts with it; use consumer_config.fetchMaxBytes";

constexpr std::array<rule, 26> rules = {{
    {"bootstrap.servers", hosts},
    {"metadata.broker.list", hosts},
    {"test.mock.*",
     "records would be lost with the process; without kafka_config.kafkaHost "
     "there is an embedded broker"},
    {"group.id", "use consumer_config.groupId"},
    {"group.instance.id",
     "one process has several memberships, which must differ"},
    {"enable.auto.commit", commits},
    {"auto.commit.enable", commits},
    {"enable.auto.offset.store", commits},
    {"auto.offset.reset",
     "use consumer_config.fromOffset and consumer_config.outOfRangeOffset"},
    {"isolation.level", "use consumer_config.read_committed"},
    {"acks", acknowledged},
    {"request.required.acks", acknowledged},
    {"enable.idempotence",
     "producer_config.requireAcks -1 turns it on, 0 and 1 off"},
    {"delivery.report.only.error", "every record's report is awaited"},
    {"enable.partition.eof", "the end of a partition is no error here"},
    {"enabled_events", "the gateway handles librdkafka's events"},
    {"transactional.id", "clients share one producer, without transactions"},
    {"max.in.flight*",
     "the gateway sets what keeps order; use producer_config.requireAcks"},
    {"allow.auto.create.topics", "use kafka_config.auto_create_topics"},
    {"queue.buffering.max.messages", ledger},
    {"queue.buffering.max.kbytes", ledger},
    {"queuing.strategy", "records keep their order"},
    {"queued.min.messages", prefetch},
    {"queued.max.messages.kbytes", prefetch},
    {"fetch.message.max.bytes", fetch_bytes},
    {"max.partition.fetch.bytes", fetch_bytes},
}};

bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.back() != '*')
    return pattern == name;
  pattern.remove_suffix(1);
  return name.substr(0, pattern.size()) == pattern;
}

bool known_strategies(std::string_view text) {
  while (true) {
    const auto comma = text.find(',');
    const auto item = text.substr(0, comma);
    if (item != "range" && item != "roundrobin")
      return false;
    if (comma == text.npos)
      return true;
    text.remove_prefix(comma + 1);
  }
}

bool is_scalar(const value& content) {
  return content.is<bool>() || content.is<std::int64_t>() ||
         content.is<double>() || content.is<std::string>();
}

}  // namespace

std::string refuse_property(std::string_view name, const value& content) {
  for (const auto& each : rules)
    if (matches(each.name, name))
      return "is not passed on: " + std::string{each.instead};
  if (name.empty())
    return "is a property without a name";
  if (!is_scalar(content))
    return "must be a text, a number, true or false";
  const std::string text = to_text(content);
  if (name == "partition.assignment.strategy" && !known_strategies(text))
    return "must be range, roundrobin, or both; better use "
           "consumer_config.protocol";
  // librdkafka takes C strings: what follows a NUL would be lost.
  if (name.find('\0') != name.npos || text.find('\0') != text.npos)
    return "must not hold a NUL";
  return {};
}

bool is_secret(std::string_view property) {
  constexpr std::array<std::string_view, 7> parts = {
      "password",          "secret", "pem", "token", "jaas", "ssl_key",
      "oauthbearer.config"};
  std::string name{property};
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return name.find(part) != name.npos;
  });
}

}  // namespace wskafka::config
