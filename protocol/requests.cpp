#include "protocol/requests.hpp"

#include "protocol/known_keys.hpp"
#include "protocol/publish_requests.hpp"
#include "protocol/refuse.hpp"
#include "protocol/topic_requests.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace wskafka::protocol {

namespace {

constexpr const char* types =
    "\"topic\", \"notif\", \"health\", \"hello\" or \"ping\"";

bool told(const field& value) {
  return value.what != kind::absent && value.what != kind::null;
}

// What the reply may repeat. A key that stands twice is ambiguous, and an id
// that is too long is not sent back.
envelope head_of(const fields& found, const limits& bounds) {
  envelope head;
  if (told(found.id) && !found.id.repeated &&
      found.id.json.size() <= bounds.id_bytes) {
    head.id = found.id.json;
  }
  if (found.t.what == kind::string && !found.t.repeated) {
    head.t = found.t.json;
  }
  if (found.a.what == kind::string && !found.a.repeated) {
    head.a = found.a.json;
  }
  return head;
}

// What is wrong with the message whatever its type.
std::optional<bad_request> check_envelope(fields& found, const envelope& head,
                                          const limits& bounds) {
  if (found.broken_key) {
    return refuse(head, error_code::invalid_request,
                  "A key holds one half of a surrogate pair without the "
                  "other.");
  }
  if (found.envelope_keys.repeats() || found.payload_keys.repeats()) {
    return refuse(head, error_code::invalid_request,
                  "A key stands twice in the message or in its p; each may "
                  "stand once.");
  }
  if (found.id.json.size() > bounds.id_bytes) {
    return refuse(head, error_code::invalid_request,
                  "The id is " + std::to_string(found.id.json.size()) +
                      " bytes of JSON; at most " +
                      std::to_string(bounds.id_bytes) + " are allowed.");
  }
  if (found.t.what != kind::string) {
    return refuse_value(head, found.t, "t", types);
  }
  if (told(found.a) && found.a.what != kind::string) {
    return refuse_value(head, found.a, "a", "a string");
  }
  return std::nullopt;
}

// Its own check tells that `p` must be one.
bool takes_list(const fields& found) {
  static constexpr std::array<std::string_view, 6> actions{
      "create", "delete", "describe", "pause", "resume", "seek"};
  return found.t.text == "topic" && std::find(actions.begin(), actions.end(),
                                              found.a.text) != actions.end();
}

// The key of `p` that this request does not know, if there is one.
std::optional<bad_request> check_keys(const fields& found,
                                      const envelope& head) {
  const auto* known = known_keys(found.t.text, found.a.text);
  if (known == nullptr || takes_list(found)) {
    return std::nullopt;
  }
  for (const std::string_view key : found.payload_keys.keys()) {
    if (std::find(known->begin(), known->end(), key) == known->end()) {
      bad_request refused = refuse(head, error_code::invalid_request,
                                   "p has no key " + quoted(key));
      refused.unknown_key = key;
      refused.known = known;
      return refused;
    }
  }
  return std::nullopt;
}

// False when the value is there and no number from 0 on.
bool read_number(const field& value, std::size_t& number) {
  if (value.what == kind::absent) {
    return true;
  }
  const char* const end = value.json.data() + value.json.size();
  const auto result = std::from_chars(value.json.data(), end, number);
  return result.ec == std::errc() && result.ptr == end;
}

message health(const fields& found, const envelope& head) {
  health_request request;
  request.head = head;
  if (told(found.p) && found.p.what != kind::object) {
    return refuse_value(head, found.p, "p", "an object");
  }
  if (found.detail.what != kind::absent) {
    if (found.detail.what != kind::boolean) {
      return refuse_value(head, found.detail, "p.detail", "true or false");
    }
    request.detail = found.detail.json == "true";
  }
  if (!read_number(found.limit, request.limit)) {
    return refuse_value(head, found.limit, "p.limit",
                        "a whole number from 0 on");
  }
  if (!read_number(found.offset, request.offset)) {
    return refuse_value(head, found.offset, "p.offset",
                        "a whole number from 0 on");
  }
  return request;
}

message acknowledge(const fields& found, const envelope& head) {
  if (found.p.what != kind::array || found.listed.malformed()) {
    return refuse_value(head, found.p, "p",
                        "a list of {topic, partition, offset}");
  }
  return ack_request{head, found.listed.positions()};
}

message to_message(fields& found, const envelope& head, const limits& bounds,
                   bool strict, frame_storage& store) {
  if (auto refused = check_envelope(found, head, bounds)) {
    return std::move(*refused);
  }
  if (strict) {
    if (auto refused = check_keys(found, head)) {
      return std::move(*refused);
    }
  }
  if (found.t.text == "notif" && found.a.text == "ack") {
    return acknowledge(found, head);
  }
  if (found.t.text == "notif") {
    return publish(found, head, bounds, store);
  }
  if (found.t.text == "topic") {
    return topic_request(found, head, bounds);
  }
  if (found.t.text == "health") {
    return health(found, head);
  }
  if (found.t.text == "hello") {
    return hello_request{head};
  }
  if (found.t.text == "ping") {
    return ping_request{head};
  }
  return refuse(head, error_code::unknown_type,
                "There is no type " + quoted(found.t.text) + "; t must be " +
                    types + ".");
}

}  // namespace

void append_request(std::vector<message>& out, fields& found,
                    const limits& bounds, bool strict, frame_storage& store) {
  out.push_back(
      to_message(found, head_of(found, bounds), bounds, strict, store));
  if (auto* refused = std::get_if<bad_request>(&out.back())) {
    refused->notif = found.t.text == "notif" && !found.t.repeated;
    refused->publish = refused->notif && found.a.text != "ack";
  }
}

}  // namespace wskafka::protocol
