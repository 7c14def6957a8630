#pragma once

#include "net/kafka/types.hpp"
#include "protocol/render.hpp"

#include <string>
#include <vector>

namespace wskafka {

/// `[{"topic":…,"partition":…,"offset":…},…]`.
inline std::string positions_text(const std::vector<kafka::position>& all) {
  std::string text = "[";
  for (const kafka::position& each : all) {
    if (text.size() > 1)
      text += ',';
    protocol::append_position(text, each.at.topic, each.at.partition,
                              each.offset);
  }
  return text + ']';
}

}  // namespace wskafka
