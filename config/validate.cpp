#include "config/validate.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace wskafka::config {

namespace {

/// What the ledger charges for a frame beside its bytes (design.md).
constexpr std::size_t frame_cost = 200;

using conflicts = std::vector<conflict>;

void at_most(conflicts& found, std::string path, std::size_t amount,
             std::string other, std::size_t bound, std::size_t extra = 0) {
  if (amount + extra <= bound)
    return;
  std::string text = "is " + std::to_string(amount) + ", which ";
  if (extra > 0)
    text += "with " + std::to_string(extra) + " bytes of accounting ";
  text += "exceeds " + other + " (" + std::to_string(bound) + ")";
  found.push_back({std::move(path), std::move(other), std::move(text)});
}

/// The number of a port, 1 to 65535.
bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc{} && stop == end && port > 0;
}

/// `host`, `host:port` or `[::1]:port`; librdkafka also takes a protocol in
/// front (`ssl://host:port`).
bool is_broker(std::string_view text) {
  if (const auto protocol = text.find("://"); protocol != text.npos)
    text.remove_prefix(protocol + 3);
  if (text.find_first_of(" \t/") != text.npos)
    return false;
  const auto bracket = text.find(']');
  const auto colon = text.find(':', bracket == text.npos ? 0 : bracket);
  if (colon == text.npos)
    return !text.empty();
  return colon > 0 && is_port(text.substr(colon + 1));
}

void brokers(conflicts& found, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto item = text.substr(0, comma);
    if (!is_broker(item) || comma + 1 == text.size()) {
      found.push_back({path,
                       {},
                       "must be host:port, several separated by commas "
                       "without blanks"});
      return;
    }
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
  }
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

/// Browsers send a scheme, a host and perhaps a port that is not the scheme's
/// own, in lower case and ASCII, and never a path (RFC 6454, 6.2): anything
/// else would never match and so lock everybody out.
bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == text.npos)
    return text == "null";
  const auto host = text.substr(scheme + 3);
  const auto never = [](unsigned char c) {
    return c <= ' ' || c > '~' || (c >= 'A' && c <= 'Z') ||
           std::string_view("/\\*?#@").find(static_cast<char>(c)) !=
               std::string_view::npos;
  };
  const bool own_port =
      (text.substr(0, scheme) == "https" && ends_with(host, ":443")) ||
      (text.substr(0, scheme) == "http" && ends_with(host, ":80"));
  return scheme > 0 && !host.empty() && !own_port &&
         std::none_of(text.begin(), text.begin() + scheme, never) &&
         std::none_of(host.begin(), host.end(), never);
}

/// The least that a group's consumer is reckoned with
/// (net/kafka/prefetch_budget.hpp): two partitions, for each four times what
/// may wait, and a fetch.
void prefetch(conflicts& found, const consumer_options& consumer) {
  constexpr std::size_t kibibyte = 1024;
  const std::size_t fetch =
      consumer.fetch_max_bytes
          ? static_cast<std::size_t>(*consumer.fetch_max_bytes)
          : 128 * kibibyte;
  const std::size_t least = 2 * (4 * 128 * kibibyte + fetch);
  if (consumer.prefetch_budget < least)
    found.push_back({"consumer_config.prefetch_budget",
                     "consumer_config.fetchMaxBytes",
                     "must be " + std::to_string(least) +
                         " at least, or no group can be opened"});
}

void sizes(conflicts& found, const websocket_options& ws) {
  const std::string section = "websocket_config.";
  at_most(found, section + "max_frame_in", ws.max_frame_in,
          section + "connection_in_bytes", ws.connection_in_bytes, frame_cost);
  at_most(found, section + "connection_in_bytes", ws.connection_in_bytes,
          section + "process_in_bytes", ws.process_in_bytes);
  at_most(found, section + "max_frame_out", ws.max_frame_out,
          section + "connection_out_bytes", ws.connection_out_bytes);
  at_most(found, section + "connection_out_bytes", ws.connection_out_bytes,
          section + "process_out_bytes", ws.process_out_bytes);
  at_most(found, section + "max_record_out", ws.max_record_out,
          section + "process_out_bytes", ws.process_out_bytes);
  at_most(found, section + "max_id", ws.max_id, section + "max_frame_in",
          ws.max_frame_in);
}

}  // namespace

std::vector<conflict> validate(const options& values) {
  conflicts found;
  sizes(found, values.websocket);
  prefetch(found, values.consumer);
  const std::string kafka_host = "kafka_config.kafkaHost";
  const std::string consumer_host = "consumer_config.kafkaHost";
  brokers(found, kafka_host, values.kafka.host);
  brokers(found, consumer_host, values.consumer.host);
  if (values.kafka.host.empty() && !values.consumer.host.empty())
    found.push_back({consumer_host, kafka_host,
                     "needs " + kafka_host +
                         " too, or publishing goes to the embedded broker"});
  for (const auto& origin : values.websocket.allowed_origins)
    if (!is_origin(origin))
      found.push_back({"websocket_config.allowed_origins",
                       {},
                       "must hold origins as browsers send them, such as "
                       "https://example.org: in lower case, without a path, a "
                       "wildcard or the scheme's own port; an empty list "
                       "allows all"});
  return found;
}

}  // namespace wskafka::config
