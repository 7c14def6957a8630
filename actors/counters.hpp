#pragma once

#include <atomic>
#include <cstdint>

namespace wskafka {

/// What the actors count since start; every failure that is told is counted
/// here too, and health shows them all. Relaxed atomics, from any thread.
struct counters {
  using count = std::atomic<std::uint64_t>;

  // Requests, by what became of them.
  count requests{0};
  count bad_requests{0};
  count failures{0};

  // Publishing.
  count publish_failed{0};
  count publish_refused{0};
  count publish_timeouts{0};

  // Delivery.
  count delivered{0};
  /// Records of an earlier epoch, dropped: somebody else gets them.
  count stale_records{0};
  /// Records above `max_record_out`, skipped and committed past.
  count oversized_records{0};
  /// Records that broadcasts left out for members that took too little.
  count dropped_records{0};
  /// Confirmations of another owner epoch, or of what was never sent.
  count ignored_confirmations{0};
  /// Hand-overs whose old owner did not confirm in time.
  count handover_timeouts{0};

  /// Not a count: bytes that broadcasts keep for those who come back, part of
  /// what the ledger holds.
  count history_bytes{0};

  // Commits and rebalances.
  count commits{0};
  count commit_failures{0};
  count rebalances{0};

  // Actors.
  count actor_failures{0};
};

}  // namespace wskafka
