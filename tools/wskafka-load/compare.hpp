#pragma once

#include <string>

namespace wskafka::load {

/// Puts two results (files that --json wrote) side by side, with the ratio of
/// the second to the first. False when one cannot be read; `text` then says
/// why.
bool compare(const std::string& before, const std::string& after,
             std::string& text);

}  // namespace wskafka::load
