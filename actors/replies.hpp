#pragma once

#include "actors/peer.hpp"
#include "net/kafka/types.hpp"
#include "net/ws/sender.hpp"
#include "protocol/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The way of a reply: rendered by the actor that finished the request,
/// charged to the connection, and put into its shard's outbox. From any thread.
namespace wskafka {

/// Sends JSON text that may not be refused (replies pass delivery credit).
void send_text(ws::sender& out, const peer& to, std::string payload);

/// The same, charged but not sent, for those who send many together.
ws::outgoing text_for(const peer& to, std::string payload);

/// `s:0`, with `p` as JSON text when not empty; `more`: see `append_success`.
void reply_success(ws::sender& out, const peer& to,
                   const protocol::envelope& head, std::string_view p = {},
                   std::string_view more = {});

/// `s:1`; `written` for a failed publish.
void reply_failure(ws::sender& out, const peer& to,
                   const protocol::envelope& head, const protocol::failure& why,
                   std::optional<protocol::persisted> written = std::nullopt);

/// The same failure in the protocol's words.
protocol::failure to_protocol(const kafka::failure& why);

/// The same refusal, which ends with the name of a key, with the key that was
/// most likely meant, or else all that are known.
protocol::failure unknown_key(protocol::failure why, std::string_view key,
                              const std::vector<std::string>& known);

/// The answer to a request whose reply may be large, when the peer does not
/// take those that it has coming.
protocol::failure replies_untaken();

/// The answer to every request while the server is stopping.
protocol::failure shutting_down();

}  // namespace wskafka
