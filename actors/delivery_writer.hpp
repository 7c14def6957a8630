#pragma once

#include "actors/delivery_mode.hpp"
#include "actors/environment.hpp"
#include "actors/frame_maker.hpp"
#include "actors/group_messages.hpp"
#include "actors/mq_buffer.hpp"
#include "actors/owed_acks.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace wskafka {

/// One connection's deliveries: the mq buffer, the frames made of it, and the
/// log of what was sent and is not confirmed. It sends and times nothing; the
/// connection's actor does. Used by that actor only.
class delivery_writer {
 public:
  using next = mq_buffer<delivery>::next;

  /// Positions that a confirmation brought, for the group of one membership.
  struct confirmation {
    /// The membership's number: its first subscription.
    std::uint64_t membership = 0;
    std::vector<owned_position> positions;
  };

  delivery_writer(environment& shared, peer to);

  /// From the next record and `flush` on. Where acks are owed and none are
  /// awaited any more, the peer's stack is asked for what was sent in this
  /// `membership`.
  std::optional<ws::text> set_mode(const delivery_mode& mode,
                                   std::uint64_t membership);
  const delivery_mode& mode() const { return mode_; }

  /// Keeps records until `flush`; those for which the window has no room wait
  /// for it.
  next add(delivery records);

  /// Makes frames of what waits, in order, each of at most `mq_limit` records
  /// and `max_frame_out` bytes (a larger single record goes alone; one above
  /// `max_record_out` is skipped and counts as sent). Not `all`: what does not
  /// fill a frame of `mq_limit` records goes on waiting, for an interval of its
  /// own; neither goes what the window has no room for. Where the peer's stack
  /// confirms, each frame asks for it and is logged for `membership`.
  std::vector<ws::text> flush(std::uint64_t membership, bool all);

  /// Records that may be sent now.
  std::size_t room() const;

  /// So much of the window is used that it should be confirmed now.
  bool window_filling() const;

  /// Drops what waits; all of it, or what is of these partitions or not of
  /// these topics. Its records count as never sent.
  void drop_all();
  void drop(const std::vector<kafka::topic_partition>& partitions);
  void keep_topics(const std::vector<std::string>& topics);

  /// The peer has read all frames up to `sequence`.
  std::vector<confirmation> confirm(std::uint64_t sequence);

  /// The client acknowledged this record and all before it; the position, when
  /// that was sent in the present membership and not confirmed before.
  std::optional<owned_position> acknowledge(const kafka::topic_partition& at,
                                            std::int64_t offset);

  /// The client owes an ack.
  bool owes_ack() const;

  /// These go on at another position or with another member: what was sent of
  /// them counts no more.
  void start_anew(const std::vector<kafka::topic_partition>& partitions);

  /// Where what was sent in the present membership ends: of these partitions,
  /// or of all. Partitions of which nothing was sent are missing.
  std::vector<owned_position> sent(
      const std::vector<kafka::topic_partition>& partitions) const;
  std::vector<owned_position> sent() const;

  /// A new membership: what was sent before does not count for it.
  void begin_membership() {
    sent_.clear();
    owed_.clear();
  }

  /// The connection is gone: lets go of everything.
  void forget();

  bool due(std::uint64_t generation) const { return buffer_.due(generation); }
  bool empty() const { return buffer_.empty(); }
  std::uint64_t generation() const { return buffer_.generation(); }
  const std::optional<std::chrono::milliseconds>& interval() const {
    return buffer_.interval();
  }
  std::size_t buffered() const { return buffer_.messages(); }
  std::size_t unconfirmed_frames() const { return log_.size(); }

 private:
  struct sent_frame {
    std::uint64_t sequence = 0;
    std::uint64_t membership = 0;
    std::size_t records = 0;
    std::vector<owned_position> ends;
  };
  bool by_pong() const;
  std::size_t add_records(frame_maker& frames, delivery& from,
                          std::size_t most);
  void keep_rest(delivery from);
  ws::text log(made_frame frame, std::uint64_t membership);
  void log(std::uint64_t membership, std::size_t records,
           std::vector<owned_position> ends);
  void tell_message(const delivery& from, const protocol::record& record);

  environment& shared_;
  const peer to_;
  delivery_mode mode_;
  mq_buffer<delivery> buffer_;
  std::uint64_t sequence_ = 0;
  /// A list: empty, it costs an idle connection nothing.
  std::list<sent_frame> log_;
  /// Records in it.
  std::size_t logged_ = 0;
  std::map<kafka::topic_partition, owned_position> sent_;
  owed_acks owed_;
};

}  // namespace wskafka
