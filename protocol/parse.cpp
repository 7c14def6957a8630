#include "protocol/parse.hpp"

#include "protocol/check_json.hpp"
#include "protocol/fields.hpp"
#include "protocol/frame_storage.hpp"
#include "protocol/refuse.hpp"
#include "protocol/requests.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace wskafka::protocol {

namespace {

namespace ondemand = simdjson::ondemand;

// Scalars and containers come with the whitespace behind them.
std::string_view trimmed(std::string_view json) {
  const auto last = json.find_last_not_of(" \t\r\n");
  return json.substr(0, last + 1);
}

void read_string(field& to, ondemand::value value) {
  to.json = trimmed(value.raw_json_token());
  to.what = kind::string;
  to.text = to.json.substr(1, to.json.size() - 2);
  // Without escapes the text stands there already.
  if (std::memchr(to.text.data(), '\\', to.text.size()) != nullptr &&
      value.get_string().get(to.text) != simdjson::SUCCESS) {
    to.text = {};
    to.what = kind::broken_string;
  }
}

// Reads any value but leaves the inside of containers alone.
void read(field& to, ondemand::value value) {
  to.repeated = to.what != kind::absent;
  switch (value.type()) {
    case ondemand::json_type::string:
      read_string(to, value);
      return;
    case ondemand::json_type::array:
      to.what = kind::array;
      to.json = trimmed(value.get_array().value().raw_json());
      return;
    case ondemand::json_type::object:
      to.what = kind::object;
      to.json = trimmed(value.get_object().value().raw_json());
      return;
    case ondemand::json_type::number:
      to.what = kind::number;
      break;
    case ondemand::json_type::boolean:
      to.what = kind::boolean;
      break;
    case ondemand::json_type::null:
      to.what = kind::null;
      break;
  }
  to.json = trimmed(value.raw_json_token());
}

// Reads a list of names, or any other value like `read`.
void read_names(field& to, name_list& names, ondemand::value value) {
  if (value.type() != ondemand::json_type::array) {
    read(to, value);
    return;
  }
  to.repeated = to.what != kind::absent;
  to.what = kind::array;
  for (ondemand::value element : value.get_array()) {
    field name;
    if (element.type() == ondemand::json_type::string) {
      read_string(name, element);
    }
    names.add(name);
  }
}

// Calls `take(key, value)` for each field of the object.
template <class Take>
void each_field(ondemand::object object, key_set& keys, bool& broken_key,
                Take take) {
  for (auto field : object) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) {
      broken_key = true;
      continue;
    }
    keys.add(key);
    take(key, field.value());
  }
}

void read_header(header_field& to, ondemand::array parts) {
  field* const places[] = {&to.name, &to.value, &to.encoding};
  std::size_t count = 0;
  for (ondemand::value part : parts) {
    if (count < 3) {
      read(*places[count], part);
    }
    ++count;
  }
  to.whole = count == 2 || count == 3;
}

void read_headers(publish_fields& to, ondemand::value value) {
  if (value.type() != ondemand::json_type::array) {
    read(to.headers, value);
    return;
  }
  to.headers.what = kind::array;
  for (ondemand::value element : value.get_array()) {
    if (!to.header_list.empty() && !to.header_list.back().whole) {
      continue;
    }
    header_field& header = to.header_list.emplace_back();
    if (element.type() == ondemand::json_type::array) {
      read_header(header, element.get_array());
    }
  }
}

// Keys that only some publishes have.
void read_more(publish_fields& to, std::string_view key,
               ondemand::value value) {
  field* place = nullptr;
  if (key == "ack") {
    place = &to.ack;
  } else if (key == "key") {
    place = &to.key;
  } else if (key == "partition") {
    place = &to.partition;
  } else if (key == "timestamp") {
    place = &to.timestamp;
  } else if (key == "encoding") {
    place = &to.encoding;
  } else if (key == "key_encoding") {
    place = &to.key_encoding;
  } else if (key != "headers") {
    return;
  }
  to.any = true;
  if (place != nullptr) {
    read(*place, value);
  } else {
    read_headers(to, value);
  }
}

void read_payload(fields& to, ondemand::value value) {
  if (value.type() != ondemand::json_type::object) {
    read_names(to.p, to.names, value);
    if (to.p.what == kind::string) {
      to.names.add(to.p);
    }
    return;
  }
  to.p.repeated = to.p.what != kind::absent;
  to.p.what = kind::object;
  each_field(value.get_object(), to.payload_keys, to.broken_key,
             [&to](std::string_view key, ondemand::value inner) {
               if (key == "t") {
                 read_names(to.topic, to.names, inner);
               } else if (key == "m") {
                 read(to.content, inner);
               } else if (key == "consumer_group") {
                 read(to.group, inner);
               } else if (key == "broadcast") {
                 read(to.broadcast, inner);
               } else if (key == "detail") {
                 read(to.detail, inner);
               } else if (key == "limit") {
                 read(to.limit, inner);
               } else if (key == "offset") {
                 read(to.offset, inner);
               } else {
                 read_more(to.publish, key, inner);
               }
             });
}

void read_message(fields& to, ondemand::object object) {
  each_field(object, to.envelope_keys, to.broken_key,
             [&to](std::string_view key, ondemand::value value) {
               if (key == "id") {
                 read(to.id, value);
               } else if (key == "t") {
                 read(to.t, value);
               } else if (key == "a") {
                 read(to.a, value);
               } else if (key == "p") {
                 read_payload(to, value);
               }
             });
}

std::string sentence(verdict found, std::size_t size, const limits& bounds) {
  if (found.what == flaw::too_deep) {
    return "The frame is nested deeper than " + std::to_string(bounds.depth) +
           " levels at byte " + std::to_string(found.at) + ".";
  }
  if (found.at == size) {
    return "The frame is not valid JSON: it ends too early, after " +
           std::to_string(size) + " bytes.";
  }
  return "The frame is not valid JSON from byte " + std::to_string(found.at) +
         " on.";
}

}  // namespace

struct parser::implementation {
  explicit implementation(limits b) : bounds(b) {}

  // Puts the text where the JSON library may read beyond it.
  void load(std::string_view text) {
    if (padded.size() < text.size() + simdjson::SIMDJSON_PADDING) {
      const std::size_t room = 2 * text.size();
      padded.resize(room + simdjson::SIMDJSON_PADDING);
      store.text.reserve(room);
      if (const auto error = json.allocate(room)) {
        throw simdjson::simdjson_error(error);
      }
    }
    std::copy(text.begin(), text.end(), padded.begin());
    padded[text.size()] = '\0';
    size = text.size();
    store.clear();
    messages.clear();
  }

  void refuse_frame(error_code code, std::string why) {
    messages.clear();
    messages.push_back(refuse({}, code, std::move(why)));
  }

  void read_frame() {
    const verdict result = check_json(padded.data(), size, bounds.depth);
    if (result.what != flaw::none) {
      refuse_frame(error_code::invalid_json, sentence(result, size, bounds));
      return;
    }
    ondemand::document document;
    const auto error =
        json.iterate(padded.data(), size, padded.size()).get(document);
    if (error == simdjson::UTF8_ERROR) {
      refuse_frame(error_code::invalid_json, "The frame is not valid UTF-8.");
      return;
    }
    if (error != simdjson::SUCCESS) {
      throw simdjson::simdjson_error(error);
    }
    read_document(document);
  }

  void read_document(ondemand::document& document) {
    switch (document.type()) {
      case ondemand::json_type::object:
        found.clear(bounds.topics_per_request);
        read_message(found, document.get_object());
        append_request(messages, found, bounds, strict, store);
        return;
      case ondemand::json_type::array:
        read_array(document.get_array());
        return;
      default:
        refuse_frame(error_code::invalid_request,
                     "A frame must hold an object or an array of objects.");
    }
  }

  void read_array(ondemand::array array) {
    for (ondemand::value element : array) {
      if (messages.size() == bounds.messages_per_frame) {
        refuse_frame(error_code::invalid_request,
                     "The array holds more than the " +
                         std::to_string(bounds.messages_per_frame) +
                         " messages that one frame may carry.");
        return;
      }
      if (element.type() != ondemand::json_type::object) {
        messages.push_back(refuse({}, error_code::invalid_request,
                                  "A message must be an object."));
        continue;
      }
      found.clear(bounds.topics_per_request);
      read_message(found, element.get_object());
      append_request(messages, found, bounds, strict, store);
      strict = strict || std::holds_alternative<hello_request>(messages.back());
    }
    if (messages.empty()) {
      refuse_frame(error_code::invalid_request,
                   "An array of messages must hold at least one.");
    }
  }

  limits bounds;
  /// Of the frame at hand, from here on.
  bool strict = false;
  std::vector<char> padded;
  std::size_t size = 0;
  frame_storage store;
  ondemand::parser json;
  fields found;
  std::vector<message> messages;
};

parser::parser(limits bounds)
    : impl_(std::make_unique<implementation>(bounds)) {}

parser::~parser() = default;
parser::parser(parser&&) noexcept = default;
parser& parser::operator=(parser&&) noexcept = default;

const std::vector<message>& parser::parse(std::string_view text, bool strict) {
  impl_->strict = strict;
  try {
    impl_->load(text);
    impl_->read_frame();
  } catch (const simdjson::simdjson_error& error) {
    // Out of memory, or the library contradicts our own check.
    impl_->refuse_frame(
        error_code::internal,
        std::string("The frame cannot be read: ") + error.what() + ".");
  }
  return impl_->messages;
}

}  // namespace wskafka::protocol
