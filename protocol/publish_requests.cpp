#include "protocol/publish_requests.hpp"

#include "protocol/base64.hpp"
#include "protocol/compact.hpp"
#include "protocol/refuse.hpp"

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace wskafka::protocol {

namespace {

using refusal = std::optional<bad_request>;

constexpr const char* header_shape =
    "[name, value] or [name, value, \"base64\"], of strings; the value may be "
    "null";

bool told(const field& value) {
  return value.what != kind::absent && value.what != kind::null;
}

// One publish with keys of part 2; each function reads some of them, and tells
// what is wrong.
struct reader {
  const publish_fields& found;
  const envelope& head;
  frame_storage& store;

  // A string as it stands, or the bytes that it says as base64.
  refusal bytes(std::string_view& to, const field& value,
                const std::string& name, const field& encoding,
                const std::string& encoding_name) const {
    if (encoding.what == kind::absent) {
      if (value.what != kind::string) {
        return refuse_value(head, value, name, "a string");
      }
      to = value.text;
      return std::nullopt;
    }
    if (encoding.what != kind::string || encoding.text != "base64") {
      return refuse_value(head, encoding, encoding_name, "\"base64\"");
    }
    if (value.what != kind::string) {
      return refuse_value(head, value, name, "a string of base64");
    }
    const auto decoded = append_decoded(store.text, value.text);
    if (!decoded) {
      return refuse(head, error_code::invalid_request,
                    name +
                        " is no base64: it must be of the standard alphabet, "
                        "padded, without anything else.");
    }
    to = *decoded;
    return std::nullopt;
  }

  refusal ack(bool& to, const limits& bounds) const {
    if (found.ack.what == kind::absent) {
      return std::nullopt;
    }
    if (found.ack.what != kind::boolean) {
      return refuse_value(head, found.ack, "p.ack", "true or false");
    }
    to = found.ack.json == "true";
    if (to && !bounds.receipts) {
      return refuse(head, error_code::invalid_request,
                    "p.ack cannot be kept here: the brokers acknowledge "
                    "nothing (requireAcks is 0).");
    }
    return std::nullopt;
  }

  refusal key(record_extras& to) const {
    if (!told(found.key) && found.key_encoding.what == kind::absent) {
      return std::nullopt;
    }
    std::string_view text;
    if (auto wrong = bytes(text, found.key, "p.key", found.key_encoding,
                           "p.key_encoding")) {
      return wrong;
    }
    to.key = text;
    return std::nullopt;
  }

  template <class Number>
  refusal number(std::optional<Number>& to, const field& value,
                 const char* name, Number least) const {
    if (value.what == kind::absent) {
      return std::nullopt;
    }
    Number read = 0;
    const char* const end = value.json.data() + value.json.size();
    const auto result = std::from_chars(value.json.data(), end, read);
    if (value.what != kind::number || result.ec != std::errc() ||
        result.ptr != end || read < least) {
      return refuse_value(
          head, value, name,
          "a whole number from " + std::to_string(least) + " to " +
              std::to_string(std::numeric_limits<Number>::max()));
    }
    to = read;
    return std::nullopt;
  }

  refusal header(record_header& to, const header_field& from,
                 const std::string& name) const {
    if (!from.whole) {
      return refuse(head, error_code::invalid_request,
                    name + " must be " + header_shape + '.');
    }
    if (from.name.what != kind::string) {
      return refuse_value(head, from.name, name + "[0]", "a string");
    }
    to.name = from.name.text;
    if (from.value.what == kind::null && from.encoding.what == kind::absent) {
      to.null_value = true;
      return std::nullopt;
    }
    return bytes(to.value, from.value, name + "[1]", from.encoding,
                 name + "[2]");
  }

  refusal headers(record_extras& to) const {
    if (found.headers.what == kind::absent) {
      return std::nullopt;
    }
    if (found.headers.what != kind::array) {
      return refuse_value(head, found.headers, "p.headers",
                          std::string("a list of ") + header_shape);
    }
    to.headers.resize(found.header_list.size());
    for (std::size_t i = 0; i < to.headers.size(); ++i) {
      if (auto wrong = header(to.headers[i], found.header_list[i],
                              "p.headers[" + std::to_string(i) + ']')) {
        return wrong;
      }
    }
    return std::nullopt;
  }

  refusal extras(record_extras& to) const {
    if (auto wrong = key(to)) {
      return wrong;
    }
    if (auto wrong = number<std::int32_t>(to.partition, found.partition,
                                          "p.partition", 0)) {
      return wrong;
    }
    // librdkafka takes a 0 for "now", so it cannot be kept.
    if (auto wrong = number<std::int64_t>(to.timestamp, found.timestamp,
                                          "p.timestamp", 1)) {
      return wrong;
    }
    return headers(to);
  }
};

// The keys of part 2, but for `encoding`, which goes with the value.
refusal read_more(publish_request& request, const reader& from,
                  const limits& bounds) {
  if (auto wrong = from.ack(request.ack, bounds)) {
    return wrong;
  }
  record_extras more;
  if (auto wrong = from.extras(more)) {
    return wrong;
  }
  if (more.key || more.partition || more.timestamp || !more.headers.empty()) {
    request.more = &from.store.extras.emplace_back(std::move(more));
  }
  return std::nullopt;
}

}  // namespace

message publish(const fields& found, const envelope& head, const limits& bounds,
                frame_storage& store) {
  if (told(found.a) && found.a.text != "create") {
    return refuse(
        head, error_code::unknown_action,
        "notif has no action " + quoted(found.a.text) +
            "; it has \"create\", which may be left out, and \"ack\".");
  }
  if (found.p.what != kind::object) {
    return refuse_value(head, found.p, "p", "an object with t and m");
  }
  if (found.topic.what != kind::string) {
    return refuse_value(head, found.topic, "p.t", "the name of a topic");
  }
  const field& content = found.content;
  if (content.what == kind::absent || content.what == kind::broken_string) {
    return refuse_value(head, content, "p.m", "the record's value");
  }
  if (auto sentence = refused_name(found.topic.text, bounds)) {
    return refuse_name(head, std::move(*sentence));
  }
  publish_request request{head, found.topic.text, {}, false};
  const reader more{found.publish, head, store};
  if (found.publish.any) {
    if (auto wrong = read_more(request, more, bounds)) {
      return std::move(*wrong);
    }
  }
  if (found.publish.encoding.what != kind::absent) {
    if (auto wrong = more.bytes(request.value, content, "p.m",
                                found.publish.encoding, "p.encoding")) {
      return std::move(*wrong);
    }
  } else if (content.what == kind::string) {
    request.value = content.text;
  } else if (content.what == kind::null) {
    request.null_value = true;
  } else {
    request.value = append_compact(store.text, content.json);
  }
  return request;
}

}  // namespace wskafka::protocol
