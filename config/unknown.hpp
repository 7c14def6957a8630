#pragma once

#include <string>
#include <string_view>

/// What to say about names that the table does not know, with the nearest
/// known one. Each gives a sentence without its subject. Pure.
namespace wskafka::config {

std::string unknown_section(std::string_view name);
std::string unknown_key(std::string_view section, std::string_view key);
std::string unknown_variable(std::string_view name);

/// A name as it may be shown: cut to a length that fits a message, control
/// characters replaced; `""` when it is empty.
std::string shown_name(std::string_view name);

}  // namespace wskafka::config
