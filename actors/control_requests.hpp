#pragma once

#include "actors/messages.hpp"
#include "protocol/message.hpp"

#include <cstddef>

namespace wskafka {

/// The requests that a connection carries out in order, as its actor keeps
/// them: everything copied out of the parser's buffers. What only the router
/// knows (deadline, charge, watcher) is left for it to fill in, and an unnamed
/// group stays empty.
control_request to_control(const protocol::create_request& request);
control_request to_control(const protocol::delete_request& request);
control_request to_control(const protocol::list_request& request);
control_request to_control(const protocol::describe_request& request);
control_request to_control(const protocol::offsets_request& request);
control_request to_control(const protocol::subscribe_request& request);
control_request to_control(const protocol::unsubscribe_request& request);
control_request to_control(const protocol::partitions_request& request);

/// What the request holds beside its own size, to be charged for.
std::size_t bytes_of(const control_request& request);

}  // namespace wskafka
