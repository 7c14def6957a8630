#include "tools/wskafka/log.hpp"

#include "tools/wskafka/log_line.hpp"
#include "tools/wskafka/repeat_filter.hpp"

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace wskafka::cli {
namespace {

constexpr std::size_t queue_lines = 8192;
constexpr std::chrono::seconds repeat_gap{10};

bool as_json = false;

void write(spdlog::level::level_enum level, const log_line& line) {
  spdlog::log(level, as_json ? line.json() : line.text());
}

spdlog::level::level_enum level_of(event what) {
  switch (what) {
    case event::ws_connection:
    case event::ws_close:
    case event::consumer_ready:
      return spdlog::level::debug;
    case event::producer_error:
    case event::consumer_error:
      return spdlog::level::err;
    case event::error:
      return spdlog::level::warn;
    default:
      return spdlog::level::info;
  }
}

/// Warnings and errors are counted instead where they repeat.
void log_event(const event_info& info, repeat_filter& filter) {
  const auto level = level_of(info.what);
  if (!spdlog::should_log(level))
    return;
  log_line line = log_line::of(info);
  if (level >= spdlog::level::warn) {
    const auto left_out =
        filter.pass(line.text(), std::chrono::steady_clock::now());
    if (!left_out)
      return;
    if (*left_out > 0)
      line.repeated(*left_out);
  }
  write(level, line);
}

}  // namespace

void open_log(const config::websocket_options& options) {
  spdlog::init_thread_pool(queue_lines, 1);
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::async_logger>(
      "wskafka", std::move(sink), spdlog::thread_pool(),
      spdlog::async_overflow_policy::overrun_oldest);
  as_json = options.log == config::log_format::json;
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
      as_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
              : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
      spdlog::pattern_time_type::utc);
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(options.log_level));
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
}

void close_log() {
  const std::size_t lost = spdlog::thread_pool()->overrun_counter();
  if (lost > 0)
    log_warning(std::to_string(lost) +
                " log lines were overwritten before they were written");
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
  write(spdlog::level::info, log_line::of(line));
}

void log_warning(const std::string& line) {
  write(spdlog::level::warn, log_line::of(line));
}

void log_error(const std::string& line) {
  write(spdlog::level::err, log_line::of(line));
}

}  // namespace wskafka::cli
