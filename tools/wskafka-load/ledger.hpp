#pragma once

#include "tools/wskafka-load/payload.hpp"
#include "tools/wskafka-load/sequence_set.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace wskafka::load {

/// One group's account. Each group must get each accepted record once.
struct group_account {
  std::string name;
  /// Sent and not refused; 0 when somebody else publishes.
  std::uint64_t expected = 0;
  /// Distinct records; every further copy is in `repeated`.
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;
  std::uint64_t repeated = 0;
  /// First copies that came behind a later one of their publisher and topic,
  /// and partition where that is told.
  std::uint64_t out_of_order = 0;
  /// Of other runs' records: numbers missing between the first and the last.
  std::uint64_t holes = 0;
  /// Values that carry no mark, or one of another run.
  std::uint64_t foreign = 0;
  /// Delivered though refused with `persisted: "no"`, or never sent.
  std::uint64_t unexpected = 0;
  /// Too scattered behind holes to be told from repeats.
  std::uint64_t untracked = 0;
};

struct account {
  std::uint64_t sent = 0;
  /// Answered with a receipt, where these are asked for.
  std::uint64_t receipted = 0;
  /// Answered with `s: 1`, by code.
  std::uint64_t failed = 0;
  std::map<std::string, std::uint64_t> failed_by_code;
  /// Of the failed: may have been written all the same.
  std::uint64_t persisted_maybe = 0;
  /// Answers to records that were not sent, or answered before.
  std::uint64_t unmatched = 0;
  std::vector<group_account> groups;

  /// Sent, and told nothing about, where receipts are asked for.
  std::uint64_t unanswered() const {
    return sent - std::min(sent, receipted + failed);
  }
  /// The sums over the groups.
  group_account total() const;
};

/// Who was sent what, and what became of it. Memory: about 200 bytes for each
/// group, publisher and topic, and what `sequence_set` takes.
class ledger {
 public:
  struct shape {
    std::uint64_t run = 0;
    std::size_t publishers = 0;
    std::size_t topics = 0;
    std::vector<std::string> groups;
    /// Keep account of other runs' records too.
    bool observe = false;
  };
  explicit ledger(shape form);

  /// How many messages the publisher hands to its socket, told before it does;
  /// told again, lower, when the socket ended before it had taken them all.
  /// Message k goes to topic (publisher + k) mod topics. From the publisher's
  /// thread.
  void sent(std::uint32_t publisher, std::uint64_t messages) {
    sent_[publisher].store(messages, std::memory_order_relaxed);
  }

  /// The publisher's message `k` was refused. Any thread.
  void failed(std::uint32_t publisher, std::uint64_t k, const std::string& code,
              bool maybe_persisted);

  /// The publisher's message `k` has its receipt. Any thread.
  void receipted(std::uint32_t publisher, std::uint64_t k);

  /// Records came to a member of the group; `fresh[i]` tells whether the i-th
  /// came to the group for the first time. `partitions[i]` is its partition, if
  /// that is known of all. Any thread.
  void delivered(std::size_t group, const std::vector<mark>& marks,
                 std::vector<bool>& fresh,
                 const std::vector<std::int32_t>& partitions = {});
  /// Values without a mark came. Any thread.
  void foreign(std::size_t group, std::uint64_t values);

  std::uint64_t sent() const;
  std::uint64_t delivered() const { return delivered_; }
  /// Those, and the values that are no records of ours.
  std::uint64_t arrived() const { return delivered_ + strange_; }
  /// All that came, repeats too.
  std::uint64_t came() const { return delivered_ + strange_ + repeated_; }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t receipted() const { return receipted_; }
  bool ours(const mark& one) const { return one.run == form_.run; }

  /// Exact at any time, and takes long while much failed. Any thread.
  account balance() const;

 private:
  struct tracker {
    sequence_set seen;
    std::uint64_t first = ~std::uint64_t{0};  // lowest that came
    /// Of each partition, one more than the highest that came; `end` of the
    /// first, or of all where they are not told.
    std::uint64_t end = 0;
    std::map<std::int32_t, std::uint64_t> other_ends;
  };
  struct group_state {
    mutable std::mutex guard;
    group_account sums;
    std::vector<tracker> known;  // publisher * topics + topic
    std::map<std::pair<std::uint64_t, std::uint64_t>, tracker> observed;
  };

  bool was_sent(std::uint32_t publisher, std::uint64_t k) const;
  tracker* find(group_state& group, const mark& one) const;
  std::uint64_t sent_to(std::uint32_t publisher, std::uint32_t topic) const;
  void balance(const group_state& group, group_account& into) const;

  const shape form_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> sent_;
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> strange_{0};
  std::atomic<std::uint64_t> repeated_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> receipted_{0};
  std::vector<std::unique_ptr<group_state>> groups_;
  mutable std::mutex failures_guard_;
  account failures_;
  /// Each publisher's messages that have their receipt.
  std::unordered_map<std::uint32_t, sequence_set> taken_;
  /// Refused by publisher * topics + topic; those perhaps written apart.
  std::unordered_map<std::size_t, sequence_set> refused_;
  std::unordered_map<std::size_t, sequence_set> maybe_;
};

}  // namespace wskafka::load
