#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

/// One ledger bounds the gateway's memory (`design.md` "Memory"): whatever
/// waits anywhere between a socket and Kafka is charged here, per connection
/// and for the process, and released when it is gone. Queues therefore refuse
/// nothing; who is over its mark is not read or polled until it is low again.
namespace wskafka::net {

/// Inward: frames on their way to Kafka. Outward: records and replies on
/// their way to a peer.
enum class direction : std::uint8_t { in, out };

/// Bounds of one direction, in bytes.
struct budget {
  /// All connections together.
  std::size_t process = 0;
  /// The most that one connection's mark can be.
  std::size_t connection = 0;
  /// The least that a mark can be: one frame always fits.
  std::size_t frame = 0;
};

class account;

/// The process's sums. Thread-safe. Outlives every account opened on it.
class ledger {
 public:
  ledger(budget in, budget out) : in_(in), out_(out) {}

  /// A new connection's account, with nothing charged.
  std::shared_ptr<account> open();

  /// Bytes charged now, over all connections.
  std::size_t held(direction way) const {
    return side(way).held.load(std::memory_order_relaxed);
  }
  const budget& bounds(direction way) const { return side(way).bounds; }

  /// More than 90 % of the process's budget is charged.
  bool pressed(direction way) const;

 private:
  friend class account;
  friend class shared_charge;
  struct alignas(64) sum {
    explicit sum(budget b) : bounds(b) {}
    const budget bounds;
    std::atomic<std::size_t> held{0};
  };
  const sum& side(direction way) const {
    return way == direction::in ? in_ : out_;
  }
  sum& side(direction way) { return way == direction::in ? in_ : out_; }

  sum in_;
  sum out_;
};

/// Who waits for an account to be low again.
enum class gate : std::uint8_t {
  /// The shard, which stopped reading: too much waits for Kafka.
  read_in,
  /// The shard, which stopped reading: too much waits for the peer.
  read_out,
  /// The poller, which stopped polling the connection's partitions.
  deliver,
};

/// One connection's bytes, both ways. Thread-safe; shared by whoever holds
/// bytes of the connection, so it may outlive the connection.
class account {
 public:
  explicit account(ledger& book) : book_(book) {}
  account(const account&) = delete;
  account& operator=(const account&) = delete;

  /// Never refuses: the caller asks `over` and acts on it.
  void charge(direction way, std::size_t bytes);

  /// Gives back what was charged; may run a gate's hook on this thread.
  void release(direction way, std::size_t bytes);

  /// The same for what many accounts hold together: it counts here, and for the
  /// process only once (`shared_charge`).
  void charge_share(direction way, std::size_t bytes);
  void release_share(direction way, std::size_t bytes);

  std::size_t held(direction way) const {
    return (way == direction::in ? in_ : out_).load();
  }

  /// The lower of the connection's bound and 1/16 of what is free in the
  /// process's budget, one frame at least.
  std::size_t mark(direction way) const;

  bool over(direction way) const { return held(way) > mark(way); }

  /// The process's budget is nearly used up.
  bool pressed(direction way) const { return book_.pressed(way); }

  /// Bytes of records that may still be polled for this connection: up to half
  /// the out mark, so that replies always find room.
  std::size_t delivery_credit() const;

  /// What `g` runs when it was waited for and the account is low again. Must
  /// be cheap and must not call back into the account: it runs under a lock,
  /// on whatever thread released. An empty function detaches; afterwards the
  /// earlier one is not running and will not run again.
  void on_low(gate g, std::function<void()> hook);

  /// Arms the gate's hook for one call. False when the account is low already:
  /// then the caller arms nothing and goes on at once; others that wait at the
  /// gate still do.
  bool wait_low(gate g);

  /// Somebody waits at the gate.
  bool awaited(gate g) const;

 private:
  struct waiter {
    std::atomic<bool> armed{false};
    std::function<void()> hook;
  };
  bool low(gate g) const;
  void open_if_low(gate g);
  waiter& at(gate g) { return waiters_[static_cast<std::size_t>(g)]; }
  const waiter& at(gate g) const {
    return waiters_[static_cast<std::size_t>(g)];
  }

  ledger& book_;
  std::atomic<std::size_t> in_{0};
  std::atomic<std::size_t> out_{0};
  std::mutex hooks_mutex_;
  waiter waiters_[3];
};

/// Bytes that the process alone is charged with, released when this goes.
class shared_charge {
 public:
  shared_charge(ledger& book, direction way, std::size_t bytes);
  shared_charge(shared_charge&& other) noexcept;
  shared_charge& operator=(shared_charge&&) = delete;
  ~shared_charge();

  std::size_t bytes() const { return bytes_; }

 private:
  ledger& book_;
  const direction way_;
  std::size_t bytes_;
};

/// Bytes charged to an account, released when this goes. Move-only: what is
/// charged has exactly one holder at a time.
class charge {
 public:
  charge() = default;
  charge(std::shared_ptr<account> to, direction way, std::size_t bytes)
      : account_(std::move(to)), bytes_(bytes), way_(way) {
    account_->charge(way_, bytes_);
  }
  charge(charge&& other) noexcept { swap(other); }
  charge& operator=(charge&& other) noexcept {
    charge(std::move(other)).swap(*this);
    return *this;
  }
  ~charge() {
    if (account_)
      account_->release(way_, bytes_);
  }

  std::size_t bytes() const { return bytes_; }

  /// Joins another charge of the same account and direction to this one.
  void merge(charge&& other);

 private:
  void swap(charge& other) noexcept {
    std::swap(account_, other.account_);
    std::swap(bytes_, other.bytes_);
    std::swap(way_, other.way_);
  }

  std::shared_ptr<account> account_;
  std::size_t bytes_ = 0;
  direction way_ = direction::in;
};

}  // namespace wskafka::net
