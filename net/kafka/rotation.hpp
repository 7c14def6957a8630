#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace wskafka::kafka {

/// Who goes first, in turn: of several that wait for what the first may take
/// whole, as partitions do for a connection's credit, none waits for ever. Not
/// thread-safe.
class rotation {
 public:
  /// Those who wait, another first each time.
  template <class T>
  std::vector<T> order(std::vector<T> waiting) {
    if (!waiting.empty())
      std::rotate(waiting.begin(),
                  waiting.begin() +
                      static_cast<std::ptrdiff_t>(turns_++ % waiting.size()),
                  waiting.end());
    return waiting;
  }

 private:
  std::size_t turns_ = 0;
};

}  // namespace wskafka::kafka
