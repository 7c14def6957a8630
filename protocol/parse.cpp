#include "protocol/parse.hpp"

#include "protocol/check_json.hpp"
#include "protocol/fields.hpp"
#include "protocol/frame_storage.hpp"
#include "protocol/read_fields.hpp"
#include "protocol/refuse.hpp"
#include "protocol/requests.hpp"

#include <simdjson.h>

#include <algorithm>
#include <string>
#include <utility>

namespace wskafka::protocol {

namespace {

namespace ondemand = simdjson::ondemand;

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
