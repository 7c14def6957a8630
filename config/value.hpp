#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// A configuration value before it is known to fit its option: what a JSON
/// file, an environment variable or the command line said. Plain data; every
/// function here is pure and may be called from any thread.
namespace wskafka::config {

struct value;
struct member;

using list = std::vector<value>;
/// Members in the order of the file.
using object = std::vector<member>;

/// One value. Whole numbers beyond 64 bits are held as `double`.
struct value {
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, list,
               object>
      data = nullptr;

  /// The value as `T`, or nullptr when it is something else. Points into this
  /// value, hence not for temporaries.
  template <class T>
  const T* as() const& {
    return std::get_if<T>(&data);
  }
  template <class T>
  const T* as() const&& = delete;

  template <class T>
  bool is() const {
    return std::holds_alternative<T>(data);
  }
};

/// A named value inside an object.
struct member {
  std::string name;
  value content;
  /// The line of the name, counted from 1; 0 when it is not from a file.
  unsigned line = 0;
};

/// Equal when the same was said; the line where it was said does not count.
bool operator==(const member& left, const member& right);
bool operator==(const value& left, const value& right);
bool operator!=(const value& left, const value& right);

/// JSON text of the value, on one line.
std::string to_json(const value& shown);

/// As a person would write it outside JSON: strings bare, lists separated by
/// commas. Used for logs and for a property's text.
std::string to_text(const value& shown);

/// JSON text cut to a length that fits a message; for values that a person
/// typed wrong. What may hold properties, and with them a secret, is only
/// named by its type.
std::string to_excerpt(const value& shown);

}  // namespace wskafka::config
