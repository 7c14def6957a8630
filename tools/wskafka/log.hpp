#pragma once

#include "actors/server.hpp"
#include "config/options.hpp"

#include <string>

namespace wskafka::cli {

/// Sets up the log on stderr: level, and text or JSON lines. Lines are written
/// by a thread of their own; when stderr is stuck the oldest are overwritten,
/// and `close_log` tells how many. Once, before anything is logged.
void open_log(const config::websocket_options& options);

/// Writes what is left.
void close_log();

/// Makes the server's events log lines. Payloads are never logged, control
/// characters are escaped, and lines that repeat are counted instead.
void log_events(server& from);

void log_info(const std::string& line);
void log_warning(const std::string& line);
void log_error(const std::string& line);

}  // namespace wskafka::cli
