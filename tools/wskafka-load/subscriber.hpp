#pragma once

#include "tools/wskafka-load/acks.hpp"
#include "tools/wskafka-load/client.hpp"
#include "tools/wskafka-load/scan.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace wskafka::load {

/// A connection that subscribes to all topics as a member of one group, and
/// keeps account of what it is sent. With `--commit ack` it acknowledges each
/// delivery when it has read it.
class subscriber : public client {
 public:
  subscriber(loop& owner, std::size_t group) : client(owner), group_(group) {}

  void on_message(std::string_view text) override;

 protected:
  void prepare() override;
  /// The subscribe was answered.
  bool positioned() const { return positioned_; }

 private:
  void take_deliveries(std::string_view text);
  void take_reply(std::string_view text);
  void acknowledge();
  std::int32_t partition_of(const element& each) const;

  const std::size_t group_;
  std::size_t unanswered_ = 0;
  bool positioned_ = false;
  // kept for their memory
  std::vector<element> elements_;
  acks acks_;
  std::vector<mark> marks_;
  /// Of the marks, where acks are asked for.
  std::vector<std::int32_t> partitions_;
  std::vector<bool> fresh_;
};

}  // namespace wskafka::load
