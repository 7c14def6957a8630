#pragma once

#include "actors/interfaces.hpp"
#include "config/options.hpp"
#include "net/kafka/publish_batch.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace wskafka {

/// The mq buffer of what one connection publishes, and who takes it. It stays
/// where it is: others point to it.
struct publish_buffer {
  publish_buffer() = default;
  publish_buffer(const publish_buffer&) = delete;
  publish_buffer& operator=(const publish_buffer&) = delete;

  /// Null until the first publish.
  producer_actor producer;
  /// In order. Empty: nothing waits.
  std::vector<std::shared_ptr<kafka::publish_batch>> batches;
  /// The last of them takes more.
  bool filling = false;
  std::size_t messages = 0;
  /// While something waits.
  time_point due;
  std::list<publish_buffer*>::iterator place;
};

/// The mq buffers of a router's connections: what they publish waits until a
/// connection has `mq_limit` messages, or `mq_interval` after the first one.
/// They are filled here, not in the producers, because a message to an actor
/// costs more than a record: a thousand connections that publish now and then
/// would wake a producer with each.
///
/// The interval is the same for all, so they are due in the order in which they
/// began to wait, and one delayed self-message of the router serves them all.
/// Used by one actor, not thread-safe; the buffers are the router's own, and
/// empty when they end.
class publish_buffers {
 public:
  explicit publish_buffers(const config::producer_options& options);

  /// Where the next record of this buffer's connection goes. The records of a
  /// frame share a batch.
  kafka::publish_batch& open(publish_buffer& buffer, time_point now);

  /// A frame's records are in. True: take it now.
  bool frame_ends(publish_buffer& buffer);

  /// Some buffer that is due; null: none is. To be taken, and asked again: with
  /// one that is due go those that soon will be.
  publish_buffer* next_due(time_point now);

  /// When `next_due` has one.
  std::optional<time_point> first_due() const;

  /// Everything in it, in order; empty afterwards.
  std::vector<std::shared_ptr<kafka::publish_batch>> take(
      publish_buffer& buffer);

  /// Of all together; the bytes as they are charged.
  std::size_t messages() const;
  std::size_t bytes() const;

 private:
  const std::size_t limit_;
  const time_point::duration interval_;
  const time_point::duration gather_;
  /// What waits, the first one due in front.
  std::list<publish_buffer*> waiting_;
  /// Those due by then go along.
  time_point until_;
};

}  // namespace wskafka
