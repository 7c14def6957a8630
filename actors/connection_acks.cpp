#include "actors/connection.hpp"

#include <algorithm>
#include <utility>

/// Records that the client confirms itself.
namespace wskafka {

/// An ack for a partition that went to somebody else changes nothing, nor does
/// one for a record that was not sent: both are normal after a rebalance.
void connection::acknowledge(const std::vector<acked_record>& acks) {
  const bool blocked = writer_.room() == 0;
  std::vector<owned_position> confirmed;
  for (const acked_record& ack : acks) {
    if (auto end = writer_.acknowledge(ack.at, ack.offset))
      raise(confirmed, std::move(*end));
    else
      ++shared_.count.ignored_confirmations;
  }
  if (confirmed.empty() || !subscription_ || !subscription_->link)
    return;
  acked_at_ = now();
  send(subscription_->link,
       positions_confirmed{to_.ref.ws, std::move(confirmed),
                           !writer_.owes_ack()});
  go_on_if(blocked);
}

/// Whoever owes an ack for too long is closed.
void connection::await_acks(bool owed_before) {
  if (owed_before || !writer_.owes_ack())
    return;
  acked_at_ = now();
  if (!std::exchange(ack_armed_, true))
    delayed_send(this, shared_.options.consumer.ack_timeout, ack_due{});
}

void connection::on_ack_due() {
  ack_armed_ = false;
  if (closed_ || !writer_.owes_ack())
    return;
  const auto timeout = shared_.options.consumer.ack_timeout;
  const auto waited = now() - acked_at_;
  if (waited >= timeout) {
    shared_.sockets.send({to_.ref, ws::close{ws::close_reason::slow}});
    return;
  }
  ack_armed_ = true;
  delayed_send(this, timeout - waited, ack_due{});
}

}  // namespace wskafka
