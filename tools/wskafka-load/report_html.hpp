#pragma once

#include "tools/wskafka-load/result.hpp"

#include <string>

namespace wskafka::load {

/// The result as one page that needs no other file: plots, figures, summary.
std::string to_html(const result& of);

}  // namespace wskafka::load
