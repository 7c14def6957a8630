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
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
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
  /// False when not so many came.
  bool wait_for(int count) {
    std::unique_lock<std::mutex> guard(mutex);
    return changed.wait_for(guard, std::chrono::seconds(20),
                            [&] { return here >= count; });
  }
  void arrive() {
    {
      std::lock_guard<std::mutex> guard(mutex);
      ++here;
    }
    changed.notify_all();
    wait_for(2);
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

/// A thread of this process, by the name that it shares with its kind, and
/// whether it sleeps: "17 (name) S ...".
struct thread_state {
  explicit thread_state(const std::filesystem::path& task) {
    std::ifstream file(task / "stat");
    std::string text;
    std::getline(file, text);
    const auto open = text.find('(');
    const auto close = text.rfind(") ");
    if (close == std::string::npos)
      return;  // it has ended
    name = text.substr(open, close - open);
    sleeps = text[close + 2] == 'S';
  }
  std::string name;
  bool sleeps = false;
};

/// From a worker: whether the other one waits for jobs.
bool other_worker_sleeps() {
  const std::string own = thread_state("/proc/thread-self").name;
  int sleeping = 0;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/self/task")) {
    const thread_state one(task.path());
    sleeping += one.name == own && one.sleeps ? 1 : 0;
  }
  return sleeping == 1;
}

/// Sends to all, from a worker's thread, when the other one sleeps, and has no
/// time itself before one of them runs.
class sender final : public caf::event_based_actor {
 public:
  sender(caf::actor_config& c, std::vector<caf::actor> to, meeting_point& at)
      : caf::event_based_actor(c), to_(std::move(to)), at_(at) {}
  caf::behavior make_behavior() override {
    return {[this](int) {
      while (!other_worker_sleeps())
        std::this_thread::yield();
      for (const caf::actor& one : to_)
        send(one, 1);
      CHECK(at_.wait_for(1));
    }};
  }
  void on_exit() override { to_.clear(); }

 private:
  std::vector<caf::actor> to_;
  meeting_point& at_;
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
  const auto from = actors.spawn<sender>(std::vector<caf::actor>{a, b}, at);
  caf::anon_send(from, 1);
  CHECK(at.wait_for(2));
  end(from);
  end(a);
  end(b);
}
