#pragma once

#include "config/options.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace wskafka::config {

/// A setting from the command line, as text. The key may be
/// `librdkafka.` and the name of a property.
struct override {
  std::string section;
  std::string key;
  std::string value;
};

/// Everything that the configuration is made of. Later members win.
struct sources {
  /// What messages call the file.
  std::string file_name;
  /// The file's text; absent when there is no file.
  std::optional<std::string> file_text;
  /// `NAME=value` each; see `environment.hpp`.
  std::vector<std::string> environment;
  std::vector<override> command_line;
};

/// Something to tell the user. Never holds the value of a secret property.
struct remark {
  /// `server.json:12`, `environment WSKAFKA_...`, `command line`, or
  /// `default`.
  std::string where;
  /// `producer_config.mq_limit`; empty when it is about the whole source.
  std::string path;
  /// A sentence without its subject, which is the path.
  std::string text;
};

/// A source that was read, and how many settings it has.
struct source_use {
  std::string name;
  std::size_t settings = 0;
};

struct load_result {
  /// Fit for use only when there is no problem.
  options values;
  /// Accepted, but without the effect that one may expect.
  std::vector<remark> notices;
  /// Why the gateway must not start: all of them at once.
  std::vector<remark> problems;
  /// In the order they were read; later ones win.
  std::vector<source_use> used;
};

/// Puts the sources together over the defaults: file, then environment, then
/// command line. Pure (reads no file and no variable); safe from any thread;
/// throws nothing but std::bad_alloc.
load_result load(const sources& from);

/// One line: `server.json:12: producer_config.mq_limit must be ...`.
std::string to_string(const remark& shown);

}  // namespace wskafka::config
