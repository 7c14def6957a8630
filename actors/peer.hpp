#pragma once

#include "net/ledger.hpp"
#include "net/ws/events.hpp"
#include "protocol/message.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace wskafka {

/// One connection as the actors know it: where to send, and what to charge.
struct peer {
  ws::connection_ref ref;
  std::shared_ptr<net::account> account;
};

/// A request's envelope that outlives the parser's buffers.
struct owned_envelope {
  owned_envelope() = default;
  explicit owned_envelope(const protocol::envelope& head)
      : id(head.id), t(head.t), a(head.a) {}
  protocol::envelope view() const { return {id, t, a}; }

  std::string id;
  std::string t;
  std::string a;
};

}  // namespace wskafka
