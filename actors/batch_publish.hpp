#pragma once

#include "net/kafka/publish_batch.hpp"
#include "protocol/message.hpp"

#include <cstddef>

namespace wskafka {

/// Copies the request's bytes behind the batch's others, as its next item.
/// Returns what that is to be charged with besides the frame that the request
/// came in: our index, and what librdkafka allocates. Of the batch's one owner.
std::size_t add_to_batch(kafka::publish_batch& batch,
                         const protocol::publish_request& request);

}  // namespace wskafka
