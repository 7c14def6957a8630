#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The gateway's own failure codes. What Kafka refused carries Kafka's name
/// instead and comes from `net/kafka/error.hpp`.
namespace wskafka::protocol {

/// Our codes, in the order of `protocol.md` "Failure".
enum class error_code {
  invalid_json,
  invalid_request,
  unknown_type,
  unknown_action,
  not_authenticated,
  not_authorized,
  timeout,
  broker_unavailable,
  queue_full,
  rate_limited,
  limit_reached,
  superseded,
  shutting_down,
  internal,
};

/// The stable upper-case spelling on the wire.
std::string_view to_string(error_code code);

/// Whether the same request may succeed later without being changed.
bool retriable(error_code code);

/// Whether a failed publish may still have been written.
enum class persisted { no, maybe };

/// One topic's part of a failed `create` or `delete`.
struct topic_failure {
  std::string topic;
  std::string code;
  std::string message;
};

/// The payload of a reply with `s:1`. Members after `retriable` are rendered
/// only when set.
struct failure {
  failure() = default;
  failure(error_code c, std::string sentence)
      : code(to_string(c)),
        message(std::move(sentence)),
        retriable(protocol::retriable(c)) {}
  failure(std::string kafka_code, std::string sentence, bool can_retry)
      : code(std::move(kafka_code)),
        message(std::move(sentence)),
        retriable(can_retry) {}

  std::string code;
  /// A sentence for a person.
  std::string message;
  bool retriable = false;
  /// `p.topics`: the missing ones of a refused request.
  std::vector<std::string> topics;
  /// `p.failed` and `p.created` of a failed create, or `p.deleted` of a failed
  /// delete; both are rendered when `failed` is not empty.
  std::vector<topic_failure> failed;
  std::vector<std::string> created;
  bool deleting = false;
};

}  // namespace wskafka::protocol
