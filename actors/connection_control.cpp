#include "actors/connection.hpp"
#include "actors/positions_text.hpp"
#include "actors/replies.hpp"
#include "protocol/render.hpp"

#include <algorithm>
#include <utility>

/// What the client asks of its partitions (pause, resume, seek, position), and
/// the events of its subscription.
namespace wskafka {

void connection::start_control(operation& op) {
  op.at = step::controlling;
  const control_request& asked = op.request;
  if (!subscription_ && !asked.partitions.empty()) {
    fail(asked, {protocol::error_code::invalid_request,
                 "This connection has no subscription."});
    drop(&op);
    return;
  }
  if (!subscription_) {
    succeed(asked, "[]");
    drop(&op);
    return;
  }
  arm_deadline();
  if (!subscription_->link) {
    control_broadcasts(op);
    return;
  }
  std::vector<kafka::topic_partition> partitions;
  for (const kafka::position& each : asked.partitions)
    partitions.push_back(each.at);
  if (asked.action == partition_action::pause ||
      asked.action == partition_action::seek) {
    if (asked.all_partitions)
      writer_.drop_all();
    else
      writer_.drop(partitions);
    stops_.push_back(
        {op.number, asked.action, asked.all_partitions, std::move(partitions)});
  }
  send(
      subscription_->link,
      control_partitions{to_.ref.ws, op.number, asked.action, asked.partitions,
                         asked.all_partitions, writer_.sent(), asked.deadline});
}

/// It may come after the client was told that it took too long.
void connection::on_controlled(const partitions_controlled& told) {
  const bool blocked = writer_.room() == 0;
  const auto over =
      std::find_if(stops_.begin(), stops_.end(),
                   [&](const stop& s) { return s.request == told.request; });
  if (over != stops_.end()) {
    if (!told.why && over->what == partition_action::seek)
      writer_.start_anew(over->partitions);
    stops_.erase(over);
  }
  operation* const op = find(told.request);
  if (op != nullptr && op->at == step::controlling) {
    if (told.why)
      fail(op->request, *told.why);
    else
      succeed(op->request, positions_text(told.positions));
    drop(op);
  }
  go_on_if(blocked);
}

bool connection::stopped(const delivery& batch) const {
  if (stops_.empty())
    return false;
  const kafka::topic_partition at{batch.batch->topic, batch.batch->partition};
  return std::any_of(stops_.begin(), stops_.end(), [&](const stop& s) {
    return s.all || std::find(s.partitions.begin(), s.partitions.end(), at) !=
                        s.partitions.end();
  });
}

// -- events

/// It was said to a subscription before the one that the client knows.
bool connection::stale(std::uint64_t number) const {
  return !subscription_ || number < subscription_->asked;
}

/// These positions, or where what was sent of the same owner epoch ends.
std::vector<kafka::position> connection::behind_sent(
    const std::vector<owned_position>& positions) const {
  std::vector<kafka::position> result;
  const std::vector<owned_position> sent = writer_.sent();
  for (const owned_position& one : positions) {
    const auto found =
        std::find_if(sent.begin(), sent.end(), [&](const owned_position& end) {
          return end.at == one.at && end.owner_epoch == one.owner_epoch;
        });
    result.push_back(
        {one.at, found == sent.end() ? one.offset : found->offset});
  }
  return result;
}

void connection::on_ownership(const ownership_changed& told) {
  if (!stale(told.subscription))
    tell_ownership(told.assigned, told.positions);
}

void connection::tell_ownership(bool assigned,
                                const std::vector<owned_position>& positions) {
  std::string text;
  protocol::append_event(text, assigned ? "assigned" : "revoked",
                         positions_text(behind_sent(positions)));
  send_text(shared_.sockets, to_, std::move(text));
}

void connection::on_trouble(const subscription_trouble& told) {
  if (stale(told.subscription))
    return;
  std::string text;
  protocol::append_error_event(text, told.why, told.topic);
  send_text(shared_.sockets, to_, std::move(text));
}

/// What the window has no room for is not sent any more.
void connection::on_group_draining(const group_draining& told) {
  if (stale(told.subscription))
    return;
  flush(true);
  writer_.drop_all();
  tell_draining(behind_sent(told.confirmed));
}

/// What is delivered goes before this.
void connection::tell_draining(const std::vector<kafka::position>& positions) {
  using std::chrono::milliseconds;
  const auto left = std::max(
      std::chrono::ceil<milliseconds>(drain_until_ - now()), milliseconds(0));
  std::string text;
  protocol::append_event(text, "draining",
                         "{\"in_ms\":" + std::to_string(left.count()) +
                             ",\"positions\":" + positions_text(positions) +
                             '}');
  send_text(shared_.sockets, to_, std::move(text));
}

}  // namespace wskafka
