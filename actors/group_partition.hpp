#pragma once

#include "actors/group_messages.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace wskafka {

/// What a group knows of one of its partitions: who owns it, and how far the
/// records are handed out, confirmed and committed. All offsets are positions
/// (of the next record), and
///
///     committed <= confirmed <= handed
///
/// The *owner epoch* is raised whenever the owner changes or the position is
/// set anew; a confirmation of another epoch changes nothing. The *fetch epoch*
/// is raised by each assignment and seek; batches of another one are dropped.
/// Pure state, no thread of its own.
struct group_partition {
  /// `ws` of the connection that gets the records; 0: nobody.
  std::uint64_t owner = 0;
  std::uint32_t owner_epoch = 0;
  std::uint32_t fetch_epoch = 0;

  /// What Kafka holds for the group, as far as we know; -1: we do not.
  std::int64_t committed = 0;
  /// Everything below was read by the owner's peer.
  std::int64_t confirmed = 0;
  /// Everything below was handed to the owner.
  std::int64_t handed = 0;

  /// The owner gives it back: nothing is accepted until that is done, or until
  /// `drain_until`. `drain_order` names the question it is to answer.
  bool draining = false;
  std::uint32_t drain_order = 0;
  std::chrono::steady_clock::time_point drain_until;
  /// While draining, the owner's answer: what it had sent ends here.
  bool given_back = false;
  /// Assigned to us by Kafka now (else only remembered over a rebalance).
  bool assigned = false;
  /// The owner wants nothing of it for now.
  bool paused = false;
  /// Its next record was not there: nothing comes of it until it is assigned
  /// anew.
  bool stopped = false;
  /// The commit of the position that it is about to have; 0: none.
  std::uint64_t seeking = 0;

  /// Starts at `offset`, handed to nobody.
  void start_at(std::int64_t offset) {
    committed = confirmed = handed = offset;
    owner = 0;
    draining = given_back = paused = false;
    seeking = 0;
  }

  /// The owner goes on at `offset`, whatever it was sent before.
  void begin_at(std::int64_t offset, std::uint32_t epoch) {
    committed = confirmed = handed = offset;
    owner_epoch = epoch;
    seeking = 0;
  }

  /// The owner goes on at the first unconfirmed record, whatever it was sent.
  void begin_again(std::uint32_t epoch) {
    handed = confirmed;
    owner_epoch = epoch;
  }

  /// Kafka may hold another position than what is confirmed.
  void commit_anew() { committed = -1; }

  /// Whether its owner gets records of it.
  bool flows() const {
    return assigned && !draining && owner != 0 && !paused && seeking == 0;
  }

  /// Whether a polled batch is for its present owner and position.
  bool accepts(std::uint32_t fetched_with, std::uint32_t owner_then) const {
    return flows() && fetched_with == fetch_epoch && owner_then == owner_epoch;
  }

  /// Takes a confirmation; false when it changes nothing: of another owner or
  /// owner epoch, beyond what was handed out, or not above the last one.
  bool confirm(std::uint64_t ws, std::uint32_t epoch, std::int64_t offset) {
    if (ws != owner || epoch != owner_epoch || offset > handed ||
        offset <= confirmed)
      return false;
    confirmed = offset;
    return true;
  }

  /// Where what the owner was sent ends, by what it says.
  std::int64_t sent_end(const kafka::topic_partition& at,
                        const std::vector<owned_position>& sent) const {
    for (const owned_position& end : sent)
      if (end.at == at && end.owner_epoch == owner_epoch)
        return end.offset;
    return confirmed;
  }

  /// The owner sent only this far: what was handed beyond it was dropped.
  void rewind(std::int64_t sent) {
    handed = std::max(confirmed, std::min(handed, sent));
  }

  /// The same, as the answer to the draining.
  void give_back(std::int64_t sent) {
    rewind(sent);
    given_back = true;
  }

  /// Nothing is outstanding at the owner.
  bool drained() const { return given_back && confirmed == handed; }

  /// Records that are handed out and not confirmed; holes in the log count.
  std::int64_t outstanding() const { return handed - confirmed; }

  /// A new owner; it starts at the first unconfirmed record.
  void hand_to(std::uint64_t ws, std::uint32_t epoch) {
    owner = ws;
    owner_epoch = epoch;
    handed = confirmed;
    draining = given_back = paused = false;
    seeking = 0;
  }

  /// The owner keeps it over a rebalance and goes on after the last record
  /// that was sent to it.
  void keep() { draining = given_back = false; }
};

}  // namespace wskafka
