#pragma once

#include <string>

/// Texts made from the option table. Pure.
namespace wskafka::config {

/// A starting file for `wskafka gen-config`: every option with its meaning
/// and its default. `load` accepts it and yields exactly the defaults.
std::string sample();

/// The reference: a Markdown table for each section, as in `README.md`.
std::string reference();

}  // namespace wskafka::config
