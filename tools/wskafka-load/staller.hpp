#pragma once

#include "tools/wskafka-load/subscriber.hpp"

#include <string>
#include <string_view>

namespace wskafka::load {

/// A client of a broadcast that subscribes as the others do, and then reads
/// nothing until it is closed: the gateway has to look after it. It is in no
/// ledger, and whether the gateway closes it is only counted.
class staller final : public subscriber {
 public:
  explicit staller(loop& owner) : subscriber(owner, 0) {}

  void on_message(std::string_view text) override;
  void on_end(const std::string& why, bool asked) override;
};

}  // namespace wskafka::load
