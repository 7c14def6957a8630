#include "net/kafka/look_again.hpp"

#include <algorithm>

namespace wskafka::kafka {

void look_again(const std::shared_ptr<rd_kafka_t>& producer,
                std::chrono::steady_clock::time_point deadline) {
  using std::chrono::milliseconds;
  if (!producer)
    return;
  const auto left = std::chrono::duration_cast<milliseconds>(
      deadline - std::chrono::steady_clock::now());
  const rd_kafka_metadata_t* raw = nullptr;
  rd_kafka_metadata(
      producer.get(), 0, nullptr, &raw,
      static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 1, 60'000)));
  const metadata_handle all_it_knows(raw);
}

}  // namespace wskafka::kafka
