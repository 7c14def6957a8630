#include "protocol/partition_requests.hpp"

#include "protocol/refuse.hpp"

namespace wskafka::protocol {

using action = partitions_request::action;

std::optional<action> partitions_action(std::string_view name) {
  if (name == "pause") {
    return action::pause;
  }
  if (name == "resume") {
    return action::resume;
  }
  if (name == "seek") {
    return action::seek;
  }
  if (name == "position") {
    return action::position;
  }
  return std::nullopt;
}

message read_partitions(action what, const fields& found,
                        const envelope& head) {
  partitions_request request;
  request.head = head;
  request.what = what;
  const bool named = found.p.what != kind::absent && found.p.what != kind::null;
  if (what == action::position || (what != action::seek && !named)) {
    request.all = true;
    return request;
  }
  const bool seek = what == action::seek;
  if (found.p.what != kind::array ||
      (seek ? found.listed.malformed()
            : found.listed.malformed_as_partitions())) {
    return refuse_value(head, found.p, "p",
                        seek ? "a list of {topic, partition, offset}"
                             : "a list of {topic, partition}, or absent for "
                               "all");
  }
  request.partitions = found.listed.positions();
  if (auto twice = refuse_repeated(head, request.partitions, "p")) {
    return std::move(*twice);
  }
  return request;
}

}  // namespace wskafka::protocol
