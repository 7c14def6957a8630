#pragma once

#include "config/value.hpp"

#include <string>
#include <string_view>

/// Rules for the `librdkafka` maps. Whether librdkafka knows a property is
/// not asked here but when its handle is made. Pure.
namespace wskafka::config {

/// Why a property may not be given, with the setting to use instead, or an
/// empty text. Refused is what would undo a promise of the gateway. The text
/// never repeats the value, which may be a secret.
std::string refuse_property(std::string_view name, const value& content);

/// Whether the property's value must never be shown.
bool is_secret(std::string_view property);

}  // namespace wskafka::config
