#include "tools/wskafka/log.hpp"

#include "tools/wskafka/repeat_filter.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

namespace wskafka::cli {
namespace {

constexpr std::size_t queue_lines = 8192;
constexpr std::chrono::seconds repeat_gap{10};

/// `%*` in the pattern: the line as a JSON string, or with its control
/// characters escaped as JSON does.
class escaped_text final : public spdlog::custom_flag_formatter {
 public:
  explicit escaped_text(bool quoted) : quoted_(quoted) {}

  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    using handler = nlohmann::json::error_handler_t;
    const std::string text = nlohmann::json(std::string(message.payload.begin(),
                                                        message.payload.end()))
                                 .dump(-1, ' ', false, handler::replace);
    if (quoted_)
      out.append(text.data(), text.data() + text.size());
    else
      append_plain(text, out);
  }

  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<escaped_text>(quoted_);
  }

 private:
  /// Without the quotes around it, and with those inside as they were.
  static void append_plain(const std::string& text, spdlog::memory_buf_t& out) {
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      if (text[i] == '\\' && (text[i + 1] == '"' || text[i + 1] == '\\'))
        ++i;
      out.push_back(text[i]);
    }
  }

  const bool quoted_;
};

/// An event's level, and its text.
void log_event(const event_info& info, repeat_filter& filter) {
  using spdlog::level::level_enum;
  level_enum level = level_enum::info;
  std::string line;
  switch (info.what) {
    case event::ws_connection:
      level = level_enum::debug;
      line = fmt::format("ws={} from {}", info.ws, info.text);
      break;
    case event::ws_close:
      level = level_enum::debug;
      line =
          fmt::format("ws={} reason={} code={}", info.ws, info.text, info.code);
      break;
    case event::wss_ready:
    case event::producer_ready:
      line = std::string(info.text);
      break;
    case event::producer_error:
      level = level_enum::err;
      line = std::string(info.text);
      break;
    case event::consumer_ready:
      level = level_enum::debug;
      line = fmt::format("ws={} group={}", info.ws, info.group);
      break;
    case event::consumer_error:
      level = level_enum::err;
      line = fmt::format("group={} {}", info.group, info.text);
      break;
    case event::consumer_message:
      return;
    case event::error:
      level = level_enum::warn;
      line = std::string(info.text);
      break;
  }
  if (!spdlog::should_log(level))
    return;
  line = fmt::format("{} {}", to_string(info.what), line);
  if (level < level_enum::warn) {
    spdlog::log(level, line);
    return;
  }
  const auto left_out = filter.pass(line, std::chrono::steady_clock::now());
  if (!left_out)
    return;
  if (*left_out > 0)
    line += fmt::format(" (and {} times since the last such line)", *left_out);
  spdlog::log(level, line);
}

}  // namespace

void open_log(const config::websocket_options& options) {
  spdlog::init_thread_pool(queue_lines, 1);
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::async_logger>(
      "wskafka", std::move(sink), spdlog::thread_pool(),
      spdlog::async_overflow_policy::overrun_oldest);
  const bool json = options.log == config::log_format::json;
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
      spdlog::pattern_time_type::utc);
  formatter->add_flag<escaped_text>('*', json);
  formatter->set_pattern(
      json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","text":%*})"
           : "%Y-%m-%dT%H:%M:%S.%eZ %l %*");
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(options.log_level));
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
}

void close_log() {
  const std::size_t lost = spdlog::thread_pool()->overrun_counter();
  if (lost > 0)
    spdlog::warn("{} log lines were overwritten before they were written",
                 lost);
  spdlog::shutdown();
}

void log_events(server& from) {
  const auto filter = std::make_shared<repeat_filter>(repeat_gap);
  for (const event what :
       {event::ws_connection, event::ws_close, event::wss_ready,
        event::producer_ready, event::producer_error, event::consumer_ready,
        event::consumer_error, event::error})
    from.on(what,
            [filter](const event_info& info) { log_event(info, *filter); });
}

void log_info(const std::string& line) {
  spdlog::info(line);
}

void log_warning(const std::string& line) {
  spdlog::warn(line);
}

void log_error(const std::string& line) {
  spdlog::error(line);
}

}  // namespace wskafka::cli
