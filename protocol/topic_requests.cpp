#include "protocol/topic_requests.hpp"

#include "protocol/partition_requests.hpp"
#include "protocol/refuse.hpp"
#include "protocol/subscribe_delivery.hpp"
#include "protocol/subscribe_start.hpp"
#include "protocol/topic_inquiries.hpp"
#include "protocol/topic_names.hpp"
#include "protocol/topic_shapes.hpp"

#include <optional>
#include <string>
#include <utility>

namespace wskafka::protocol {

namespace {

constexpr std::size_t longest_pattern = 200;

constexpr const char* actions =
    "\"create\", \"list\", \"subscribe\", \"unsubscribe\", \"pause\", "
    "\"resume\", \"seek\", \"position\", \"describe\", \"offsets\", "
    "\"delete\"";

message create(const fields& found, const envelope& head,
               const limits& bounds) {
  if (found.p.what != kind::array && found.p.what != kind::string) {
    return refuse_value(head, found.p, "p",
                        "the name of a topic or a list of names");
  }
  if (found.shapes.malformed()) {
    return refuse(head, error_code::invalid_request,
                  "Each element of p must be the name of a topic, or an object "
                  "with its name as topic.");
  }
  if (auto wrong = check_names(found.names, head, bounds, "p")) {
    return std::move(*wrong);
  }
  create_request request;
  request.head = head;
  split_names(found.names.names(), bounds, request.topics, request.refused);
  if (auto wrong = read_shapes(found, head, request)) {
    return std::move(*wrong);
  }
  return request;
}

message subscribe(const fields& found, const envelope& head,
                  const limits& bounds) {
  if (found.p.what != kind::object) {
    return refuse_value(head, found.p, "p", "an object with t");
  }
  if (found.topic.what != kind::array) {
    return refuse_value(head, found.topic, "p.t", "a list of topics");
  }
  if (auto wrong = check_names(found.names, head, bounds, "p.t")) {
    return std::move(*wrong);
  }
  const field& group = found.group;
  const bool named = group.what == kind::string && !group.text.empty();
  if (auto wrong = check_group(group, head, "p.consumer_group")) {
    return std::move(*wrong);
  }
  const field& broadcast = found.subscribe.broadcast;
  if (broadcast.what != kind::absent && broadcast.what != kind::boolean) {
    return refuse_value(head, broadcast, "p.broadcast", "true or false");
  }
  const bool to_all = broadcast.json == "true";
  if (to_all && named) {
    return refuse(head, error_code::invalid_request,
                  "p.broadcast goes without p.consumer_group: every client "
                  "gets every record.");
  }
  subscribe_request request;
  request.head = head;
  for (const auto name : found.names.names()) {
    const bool pattern = !name.empty() && name.front() == '^';
    if (pattern && name.size() > longest_pattern) {
      return refuse(head, error_code::invalid_request,
                    "The pattern " + quoted(name) + " has more than " +
                        std::to_string(longest_pattern) + " bytes.");
    }
    if (auto sentence = pattern ? std::nullopt : refused_name(name, bounds)) {
      return refuse_name(head, std::move(*sentence));
    }
    (pattern ? request.patterns : request.topics).push_back(name);
  }
  request.group = group.text;
  request.broadcast = to_all;
  if (auto wrong = read_delivery(found, head, request)) {
    return std::move(*wrong);
  }
  if (auto wrong = read_start(found, head, bounds, request)) {
    return std::move(*wrong);
  }
  return request;
}

}  // namespace

message topic_request(const fields& found, const envelope& head,
                      const limits& bounds) {
  const std::string_view action = found.a.text;
  if (found.a.what != kind::string) {
    return refuse(head, error_code::invalid_request,
                  std::string("topic needs an action a: ") + actions + ".");
  }
  if (action == "create") {
    return create(found, head, bounds);
  }
  if (action == "list") {
    return list_request{head};
  }
  if (action == "subscribe") {
    return subscribe(found, head, bounds);
  }
  if (action == "unsubscribe") {
    return unsubscribe_request{head};
  }
  if (const auto control = partitions_action(action)) {
    return read_partitions(*control, found, head);
  }
  if (action == "describe") {
    return describe_topics(found, head, bounds);
  }
  if (action == "offsets") {
    return topic_offsets(found, head, bounds);
  }
  if (action == "delete") {
    return delete_topics(found, head, bounds);
  }
  return refuse(head, error_code::unknown_action,
                "topic has no action " + quoted(action) + "; its actions are " +
                    actions + '.');
}

}  // namespace wskafka::protocol
