#pragma once

#include "tools/wskafka-load/client.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace wskafka::load {

/// A connection that subscribes to all topics as a member of one group, and
/// keeps account of what it is sent.
class subscriber : public client {
 public:
  subscriber(loop& owner, std::size_t group) : client(owner), group_(group) {}

  void on_message(std::string_view text) override;

 protected:
  void prepare() override;

 private:
  void take_deliveries(std::string_view text);
  void take_reply(std::string_view text);

  const std::size_t group_;
  bool positioned_ = false;
  // kept for their memory
  std::vector<std::string_view> values_;
  std::vector<mark> marks_;
  std::vector<bool> fresh_;
};

}  // namespace wskafka::load
