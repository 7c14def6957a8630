#include "protocol/topic_inquiries.hpp"

#include "protocol/refuse.hpp"
#include "protocol/topic_names.hpp"

#include <optional>
#include <string>
#include <utility>

namespace wskafka::protocol {

namespace {

// What is wrong with p as a list of names or one name, less the names.
std::optional<bad_request> check_payload(const fields& found,
                                         const envelope& head,
                                         const limits& bounds) {
  if (found.p.what != kind::array && found.p.what != kind::string) {
    return refuse_value(head, found.p, "p",
                        "the name of a topic or a list of names");
  }
  return check_names(found.names, head, bounds, "p", found.shapes.objects());
}

}  // namespace

message describe_topics(const fields& found, const envelope& head,
                        const limits& bounds) {
  if (auto wrong = check_payload(found, head, bounds)) {
    return std::move(*wrong);
  }
  if (auto wrong = check_each(found.names.names(), head, bounds)) {
    return std::move(*wrong);
  }
  return describe_request{head, found.names.names()};
}

message topic_offsets(const fields& found, const envelope& head,
                      const limits& bounds) {
  const offsets_fields& asked = found.offsets;
  if (found.p.what != kind::object) {
    return refuse_value(head, found.p, "p", "an object with topics");
  }
  if (asked.topics.what != kind::array) {
    return refuse_value(head, asked.topics, "p.topics", "a list of topics");
  }
  if (auto wrong = check_names(asked.names, head, bounds, "p.topics")) {
    return std::move(*wrong);
  }
  offsets_request request;
  request.head = head;
  request.topics = asked.names.names();
  if (asked.at.what != kind::absent) {
    std::int64_t time = 0;
    if (!read_number(asked.at, time)) {
      return refuse_value(head, asked.at, "p.at",
                          "a time in milliseconds since 1970");
    }
    request.at = time;
  }
  if (auto wrong = check_group(asked.group, head, "p.group")) {
    return std::move(*wrong);
  }
  if (asked.group.what == kind::string && asked.group.text.empty()) {
    return refuse_value(head, asked.group, "p.group", "the name of a group");
  }
  request.group = asked.group.text;
  if (auto wrong = check_each(request.topics, head, bounds)) {
    return std::move(*wrong);
  }
  return request;
}

message delete_topics(const fields& found, const envelope& head,
                      const limits& bounds) {
  if (!bounds.deletes) {
    return refuse(head, error_code::not_authorized,
                  "Topics may not be deleted: kafka_config."
                  "allow_delete_topics is off.");
  }
  if (auto wrong = check_payload(found, head, bounds)) {
    return std::move(*wrong);
  }
  delete_request request;
  request.head = head;
  split_names(found.names.names(), bounds, request.topics, request.refused);
  return request;
}

}  // namespace wskafka::protocol
