#include "actors/consumer_group.hpp"

#include <string>
#include <utility>

/// Where a group's records are fetched, and how they go to their owners.
namespace wskafka {

void consumer_group::on_kafka(kafka::fetched& event) {
  const kafka::topic_partition at{event.batch->topic, event.batch->partition};
  const auto found = partitions_.find(at);
  if (found == partitions_.end() ||
      !found->second.accepts(event.batch->fetch_epoch, event.owner_epoch)) {
    shared_.count.stale_records += event.batch->records.size();
    return;
  }
  group_partition& p = found->second;
  p.handed = event.batch->records.back().offset + 1;
  fetching_.add(static_cast<double>(event.batch->records.size()), now());
  add_delivery(p, std::move(event.batch), std::move(event.held));
}

void consumer_group::add_delivery(
    const group_partition& p,
    std::shared_ptr<const protocol::record_batch> batch, net::charge held) {
  auto& list = outgoing_[p.owner];
  if (!list)
    list = std::make_shared<std::vector<delivery>>();
  list->push_back({std::move(batch), members_.at(p.owner).subscription,
                   p.owner_epoch, std::move(held)});
}

/// One message per member and inbox burst.
void consumer_group::send_deliveries() {
  for (auto& [ws, list] : outgoing_) {
    const auto m = members_.find(ws);
    if (m != members_.end())
      send(m->second.actor, deliver{std::move(list)});
  }
  outgoing_.clear();
}

/// From its `handed` on.
void consumer_group::fetch_from(const kafka::topic_partition& at,
                                group_partition& p) {
  if (p.stopped) {
    assign_anew();
    return;
  }
  p.fetch_epoch = ++fetch_epoch_;
  consumer_->seek(at, p.handed, p.fetch_epoch);
}

/// All partitions, each where it stands: what is on its way comes again.
void consumer_group::assign_anew() {
  ++fetch_epoch_;
  std::vector<kafka::position> positions;
  for (auto& [at, p] : partitions_) {
    if (!p.assigned)
      continue;
    p.stopped = false;
    p.fetch_epoch = fetch_epoch_;
    positions.push_back({at, p.handed});
  }
  consumer_->assign(std::move(positions), fetch_epoch_);
  for (const auto& [at, p] : partitions_)
    let_flow(at, p);
}

void consumer_group::on_kafka(kafka::out_of_range& event) {
  const auto found = partitions_.find(event.log.at);
  if (phase_ != phase::stable || found == partitions_.end() ||
      !found->second.assigned)
    return;
  group_partition& p = found->second;
  p.stopped = true;
  // A seek's end fetches anew; an owner that comes later meets it again.
  if (p.seeking != 0)
    return;
  const bool there = p.handed >= event.log.first && p.handed <= event.log.end;
  if (!there && p.flows())
    go_on_elsewhere(event.log.at, p, event.log);
  else
    assign_anew();
}

/// As `outOfRangeOffset` says; `none`: where its member seeks to.
void consumer_group::go_on_elsewhere(const kafka::topic_partition& at,
                                     group_partition& p,
                                     const kafka::log_range& log) {
  const std::int64_t from = p.handed;
  const config::start_offset where =
      shared_.options.consumer.out_of_range_offset;
  const std::string what = "topic \"" + at.topic + "\" partition " +
                           std::to_string(at.partition) + ": offset " +
                           std::to_string(from) + " is not there";
  if (where == config::start_offset::none) {
    kafka::consumer_failed failed;
    failed.why = {"OFFSET_OUT_OF_RANGE",
                  what + " and outOfRangeOffset is none.", false};
    failed.topic = at.topic;
    last_error_ = failed.why.code;
    emit_error(failed.why.message);
    tell_trouble(failed);
    return;
  }
  const std::int64_t to =
      where == config::start_offset::latest ? log.end : log.first;
  emit_error(what + ", the group goes on at " + std::to_string(to));
  auto gap = std::make_shared<protocol::record_batch>();
  gap->topic = at.topic;
  gap->partition = at.partition;
  gap->records.resize(1);
  gap->records.back().offset = from;
  gap->gap =
      protocol::gap_end{to, from < log.first ? "retention" : "truncated"};
  // Backwards: what was confirmed before says nothing of these records. That
  // the topic is another one, with its other partitions, the list tells later.
  if (to < from)
    p.begin_at(to, ++owner_epochs_);
  p.handed = to;
  add_delivery(p, std::move(gap), {});
  assign_anew();
}

}  // namespace wskafka
