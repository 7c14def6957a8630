#pragma once

#include "net/ws/peer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace wskafka::ws::lean {

class link;

/// What a link tells the shard that accepted it.
class link_owner {
 public:
  /// The socket is gone, whatever became of it.
  virtual void forget(link& l) = 0;

 protected:
  ~link_owner() = default;
};

/// What we add to each of websocketpp's connections, as its base class: no
/// look-up leads from one to the other. All links of a shard form a list.
class link : public wire {
 public:
  link() = default;
  link(const link&) = delete;
  link& operator=(const link&) = delete;
  // wire
  bool write(frame_batch&& batch) override;
  std::size_t write_now(const shared_frame& frame) override;
  bool write(const shared_frame_ptr& frame, std::size_t taken) override;
  void flush() override;
  void end(std::uint16_t code, std::string_view reason) override;
  void drop() override;
  void pause() override;
  void resume() override;
  std::uint64_t taken() override;

  /// Its end is certain, by a violation or by a close that awaits no answer:
  /// what comes is thrown away from here on, and may come (see `socket`).
  void drain_at_end();

  /// Set once it is accepted.
  link_owner* owner = nullptr;
  const std::size_t* max_fragments = nullptr;
  link* next = nullptr;
  link* previous = nullptr;

  /// Set once it is open. Outlives the connection's messages, which are its
  /// members while this is its base.
  std::unique_ptr<peer> open;
  /// Counts against the connection limit.
  bool admitted = false;
  /// Its refusal has been counted.
  bool refused = false;
  /// Nothing that comes is looked at any more.
  bool deaf = false;
  /// Of what is written next, bytes that have left already.
  std::size_t left_already = 0;

 protected:
  ~link() {
    if (owner)
      owner->forget(*this);
  }
};

}  // namespace wskafka::ws::lean
