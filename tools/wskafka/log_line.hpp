#pragma once

#include "actors/server.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace wskafka::cli {

/// One line of the log, as fields in order. In values, control characters and
/// all that is not ASCII are escaped as JSON does, and bytes that are no UTF-8
/// replaced, so that nobody outside writes lines of his own. Not thread-safe.
class log_line {
 public:
  /// Fields the event does not have are left out.
  static log_line of(const event_info& info);
  static log_line of(std::string_view text);

  /// For people: the event, `name=value` for each field, then the text.
  std::string text() const;

  /// For programs: members of a JSON object, without its braces.
  std::string json() const;

  /// The number of such lines that were left out before this one.
  void repeated(std::uint64_t times) { fields_["left_out"] = times; }

 private:
  nlohmann::ordered_json fields_ = nlohmann::ordered_json::object();
};

}  // namespace wskafka::cli
