#include "actors/frugal_sharing.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

using wskafka::frugal_sharing;

namespace {

struct settings : caf::actor_system_config {
  explicit settings(std::size_t threads) {
    load<caf::scheduler::coordinator<frugal_sharing>>();
    set("scheduler.max-threads", threads);
    set("scheduler.max-throughput", std::size_t{3});
  }
};

/// Passes a token to the next one until its hops are used up.
class passing final : public caf::event_based_actor {
 public:
  passing(caf::actor_config& c, std::atomic<int>& arrived)
      : caf::event_based_actor(c), arrived_(arrived) {}
  caf::behavior make_behavior() override {
    return {
        [this](const caf::actor& next) { next_ = next; },
        [this](int hops) {
          if (hops == 0)
            ++arrived_;
          else
            send(next_, hops - 1);
        },
    };
  }
  void on_exit() override { next_ = nullptr; }

 private:
  std::atomic<int>& arrived_;
  caf::actor next_;
};

/// Where two threads wait for each other.
struct meeting_point {
  /// False when the other one did not come.
  bool wait_for_both() {
    std::unique_lock<std::mutex> guard(mutex);
    return changed.wait_for(guard, std::chrono::seconds(20),
                            [this] { return here == 2; });
  }
  void arrive() {
    {
      std::lock_guard<std::mutex> guard(mutex);
      ++here;
    }
    changed.notify_all();
    wait_for_both();
  }
  std::mutex mutex;
  std::condition_variable changed;
  int here = 0;
};

class meeting final : public caf::event_based_actor {
 public:
  meeting(caf::actor_config& c, meeting_point& at)
      : caf::event_based_actor(c), at_(at) {}
  caf::behavior make_behavior() override {
    return {[this](int) { at_.arrive(); }};
  }

 private:
  meeting_point& at_;
};

/// Sends to all, from a worker's thread.
class sender final : public caf::event_based_actor {
 public:
  sender(caf::actor_config& c, std::vector<caf::actor> to)
      : caf::event_based_actor(c), to_(std::move(to)) {}
  caf::behavior make_behavior() override {
    return {[this](int) {
      // By now the other worker sleeps. If it does not, nothing is shown, but
      // nothing fails.
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      for (const caf::actor& one : to_)
        send(one, 1);
    }};
  }
  void on_exit() override { to_.clear(); }

 private:
  std::vector<caf::actor> to_;
};

template <class Actor>
void end(const Actor& actor) {
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

}  // namespace

TEST_SUITE_BEGIN("actors/frugal_sharing");

TEST_CASE("no job is left behind") {
  constexpr int tokens = 20;
  std::atomic<int> arrived{0};
  {
    settings with(3);
    caf::actor_system actors(with);
    std::vector<caf::actor> ring;
    for (int i = 0; i < 30; ++i)
      ring.push_back(actors.spawn<passing>(arrived));
    for (std::size_t i = 0; i < ring.size(); ++i)
      caf::anon_send(ring[i], ring[(i + 1) % ring.size()]);
    for (std::size_t i = 0; i < tokens; ++i)
      caf::anon_send(ring[i], 2000);
    while (arrived < tokens)
      std::this_thread::yield();
    for (const caf::actor& one : ring)
      end(one);
  }
  CHECK(arrived == tokens);
}

TEST_CASE("two jobs are for two workers") {
  meeting_point at;
  settings with(2);
  caf::actor_system actors(with);
  const auto a = actors.spawn<meeting>(at);
  const auto b = actors.spawn<meeting>(at);
  const auto from = actors.spawn<sender>(std::vector<caf::actor>{a, b});
  caf::anon_send(from, 1);
  CHECK(at.wait_for_both());
  end(from);
  end(a);
  end(b);
}
