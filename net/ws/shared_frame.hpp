#pragma once

#include "net/ledger.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace wskafka::ws {

/// One text frame for many connections: made once, never changed, read by all
/// shards. The process is charged for it as long as anybody holds it; so is
/// each connection that it cannot be written to at once, until its write is
/// done.
class shared_frame {
 public:
  virtual ~shared_frame() = default;

  virtual std::string_view payload() const = 0;

  /// All of it, as it goes over the wire.
  virtual std::string_view wire_bytes() const = 0;

  /// Bytes on the wire.
  std::size_t size() const { return held_.bytes(); }

 protected:
  explicit shared_frame(net::shared_charge held) : held_(std::move(held)) {}

 private:
  const net::shared_charge held_;
};

using shared_frame_ptr = std::shared_ptr<const shared_frame>;

/// From any thread. `book` outlives the frame.
shared_frame_ptr make_shared_frame(std::string payload, net::ledger& book);

}  // namespace wskafka::ws
