#pragma once

#include "config/table.hpp"

#include <string>
#include <string_view>

/// Whether a value fits one option. Pure.
namespace wskafka::config {

/// What is allowed, as it follows "must be": `a whole number from 1 to 5`.
std::string allowed(const option& of);

/// Why the value does not fit, as it follows the option's name, or an empty
/// text when it fits. Properties are only looked at as a whole; see
/// `properties.hpp`.
std::string check(const option& of, const value& given);

/// A text from the environment or the command line as the option's kind
/// would have it in the file; the items of a list are separated by commas.
/// What cannot be read stays a text, which `check` then refuses.
value from_text(const option& of, std::string_view text);

}  // namespace wskafka::config
