#pragma once

#include "config/options.hpp"
#include "config/value.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// The option table: the one place that knows every key. The file, the
/// environment, the command line, `gen-config`, the reference in `README.md`
/// and the hint for a mistyped key are all driven by it.
namespace wskafka::config {

/// What may be said for an option.
enum class kind {
  flag,        ///< true or false
  tls,         ///< true, false, or an empty object, which means true
  integer,     ///< a whole number in `range`
  interval,    ///< a whole number in `range`, or null (also 0): never
  real,        ///< a number in `range`
  text,        ///< a string of a length in `range`, or one of `words`
  texts,       ///< a list of strings, each one of `words` if there are any
  properties,  ///< librdkafka's own properties by name
};

/// Inclusive bounds: of the number, or of a text's or list's length.
struct limits {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

/// A value inside the range that is refused all the same.
struct refusal {
  value what;
  std::string_view why;
};

/// One key of the configuration. All texts live as long as the process.
struct option {
  std::string_view section;
  /// As it is spelled in the file.
  std::string_view key;
  kind type = kind::text;
  limits range;
  /// The only texts allowed; empty allows any.
  std::vector<std::string_view> words;
  /// `ms`, `bytes` and so on; empty when there is none.
  std::string_view unit;
  /// One or two sentences: what it does.
  std::string_view text;
  /// The property of librdkafka that it sets, if it sets one.
  std::string_view librdkafka;
  /// JSON text for the starting file, in a comment: set for options that have
  /// no useful default.
  std::string_view example;
  /// Accepted without meaning (the ZooKeeper era): any value but `get`'s,
  /// which is the one in kafka-node's own samples, gives a notice.
  bool ignored = false;
  std::vector<refusal> refused;
  /// The option's value in `options`; null when it is absent there. `get` of
  /// a default-made `options` is the default.
  std::function<value(const options&)> get;
  /// Stores a value that `check` (`check.hpp`) has accepted. Properties are
  /// added to those that are there, the others replace.
  std::function<void(options&, const value&)> set;
};

/// A section of the file, in the order of the file.
struct section {
  std::string_view name;
  std::string_view text;
};

const std::vector<section>& sections();

/// All options by section in the order of the file. Built at the first call;
/// safe from any thread.
const std::vector<option>& table();

/// The option of that key, or nullptr.
const option* find_option(std::string_view section, std::string_view key);

/// `section.key`.
std::string path_of(const option& of);

/// The environment variable that sets it: `WSKAFKA_`, the section, `_` and
/// the key, in upper case (`WSKAFKA_CONSUMER_CONFIG_GROUPID`). For properties
/// the name of a property follows; see `environment.hpp`.
std::string variable_of(const option& of);

}  // namespace wskafka::config
