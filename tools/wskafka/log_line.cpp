#include "tools/wskafka/log_line.hpp"

namespace wskafka::cli {
namespace {

/// In ASCII: beyond it there are characters that end a line, or steer a
/// terminal, as well.
std::string dump(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', true,
                    nlohmann::ordered_json::error_handler_t::replace);
}

/// What JSON puts between the quotes, with quotes and backslashes as they were.
std::string plain(const nlohmann::ordered_json& value) {
  std::string quoted = dump(value);
  if (!value.is_string())
    return quoted;
  std::string shown;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\' && (quoted[i + 1] == '"' || quoted[i + 1] == '\\'))
      ++i;
    shown.push_back(quoted[i]);
  }
  return shown;
}

/// Its text is a value of its own, not a sentence.
std::string_view name_of_text(event what) {
  switch (what) {
    case event::ws_connection:
      return "peer";
    case event::ws_close:
      return "reason";
    case event::wss_ready:
      return "address";
    default:
      return "text";
  }
}

}  // namespace

log_line log_line::of(const event_info& info) {
  log_line line;
  line.fields_["event"] = to_string(info.what);
  if (info.ws != 0)
    line.fields_["ws"] = info.ws;
  if (!info.group.empty())
    line.fields_["group"] = info.group;
  if (info.code != 0)
    line.fields_["code"] = info.code;
  if (info.count != 0)
    line.fields_["count"] = info.count;
  if (!info.text.empty())
    line.fields_[std::string(name_of_text(info.what))] = info.text;
  return line;
}

log_line log_line::of(std::string_view text) {
  log_line line;
  line.fields_["text"] = text;
  return line;
}

std::string log_line::text() const {
  std::string line;
  for (const auto& [name, value] : fields_.items()) {
    line += line.empty() ? "" : " ";
    if (name != "event" && name != "text")
      line += name + "=";
    line += plain(value);
  }
  return line;
}

std::string log_line::json() const {
  const std::string object = dump(fields_);
  return object.substr(1, object.size() - 2);
}

}  // namespace wskafka::cli
