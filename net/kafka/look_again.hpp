#pragma once

#include "net/kafka/handle.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace wskafka::kafka {

/// The producer's client, where it has published to one of these topics before;
/// else null. From any thread.
using find_producer =
    std::function<std::shared_ptr<rd_kafka_t>(const std::vector<std::string>&)>;

/// Lets the client see the topics that it knows as they are now. Until then it
/// refuses records for one that came after a deleted one of the same name, and
/// for partitions that were added. Null: nothing to do. Blocks, until the
/// deadline at most.
void look_again(const std::shared_ptr<rd_kafka_t>& producer,
                std::chrono::steady_clock::time_point deadline);

}  // namespace wskafka::kafka
