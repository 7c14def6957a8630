#pragma once

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <cstddef>

namespace wskafka {

/// For actors of which there are as many as clients: one behavior serves all
/// those of a kind, where CAF would keep one for each, 40 bytes a handler. Its
/// handlers capture nothing and ask `turn` whose they are. `Actor` is the typed
/// handle, `Self` the class that derives from this.
template <class Self, class Actor>
class with_shared_behavior : public Actor::base {
 public:
  using Actor::base::base;

  caf::resumable::resume_result resume(caf::execution_unit* by,
                                       std::size_t most) override {
    whose_ = static_cast<Self*>(this);
    return Actor::base::resume(by, most);
  }

 protected:
  /// The actor whose turn it is on this thread; in its handlers.
  static Self& turn() { return *whose_; }

 private:
  static inline thread_local Self* whose_ = nullptr;
};

}  // namespace wskafka
