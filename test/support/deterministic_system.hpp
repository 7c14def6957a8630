#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace wskafka::test {

/// An actor system on the test's own thread: nothing runs but in `run` and
/// `advance`, and time passes only in `advance`. Used by one thread; whatever
/// the actors are given must outlive it.
class deterministic_system {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  deterministic_system();
  deterministic_system(const deterministic_system&) = delete;
  deterministic_system& operator=(const deterministic_system&) = delete;

  /// Ends all actors, so that a test that stopped in the middle ends too.
  ~deterministic_system();

  /// Spawns an actor that is ended with the system at the latest.
  template <class Actor, class... Arguments>
  auto spawn(Arguments&&... arguments) {
    auto handle = system_.spawn<Actor>(std::forward<Arguments>(arguments)...);
    keep(handle);
    return handle;
  }

  /// Ends the actor, too, that another one spawned.
  template <class Handle>
  void keep(const Handle& actor) {
    spawned_.push_back(caf::actor_cast<caf::strong_actor_ptr>(actor));
  }

  /// Handles messages until there are none.
  void run();

  /// Lets time pass: each timeout on the way fires at its own time, and what
  /// it causes is handled before the next.
  void advance(std::chrono::milliseconds time);

  time_point now();

  /// Timeouts that have not fired.
  std::size_t timers();

  /// Actors that have not ended.
  std::size_t alive() { return system_.registry().running(); }

  /// Ends all actors. Stops the program, naming the reason, when some hang on
  /// whatever happens: there is no other way out of CAF's destructor.
  void end();

 private:
  struct configuration : caf::actor_system_config {
    configuration();
  };

  configuration configuration_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  std::vector<caf::strong_actor_ptr> spawned_;
};

}  // namespace wskafka::test
