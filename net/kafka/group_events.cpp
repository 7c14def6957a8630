#include "net/kafka/error.hpp"
#include "net/kafka/group_handle.hpp"

#include <algorithm>
#include <utility>

/// What librdkafka tells a group's handle, on its poller's thread.
namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

/// The consumer's queue is read at least this often: revocations run only when
/// it is, and a member that does not poll is thrown out.
constexpr milliseconds sweep{250};

/// How long the list is asked for when a topic may have gone.
constexpr milliseconds list_patience{5000};

constexpr int events_per_turn = 256;

std::vector<topic_partition> partitions_of(rd_kafka_event_t* event) {
  std::vector<topic_partition> partitions;
  if (const auto* list = rd_kafka_event_topic_partition_list(event))
    for (int i = 0; i < list->cnt; ++i)
      partitions.push_back({list->elems[i].topic, list->elems[i].partition});
  return partitions;
}

}  // namespace

bool group_handle::turn() {
  if (!client_)
    return false;
  if (credit_back_.exchange(false))
    go_on();
  return serve();
}

/// There is credit again.
void group_handle::go_on() {
  std::vector<std::shared_ptr<partition_queue>> stalled;
  for (const auto& [at, queue] : partitions_)
    if (queue->stalled())
      stalled.push_back(queue);
  for (const auto& queue : turns_.order(std::move(stalled)))
    around_.by->mark(queue);
}

group_handle::clock::time_point group_handle::tick(clock::time_point now) {
  if (!client_)
    return clock::time_point::max();
  if (now >= sweep_at_) {
    sweep_at_ = now + sweep;
    around_.by->mark(shared_from_this());
    follow_table();
    // A connection has one hook: while it changes groups that of the other
    // group may be told that it has credit.
    for (const auto& [at, queue] : partitions_)
      if (queue->seeking() || queue->stalled())
        around_.by->mark(queue);
  }
  if (now >= ask_at_)
    ask_ranges();
  const clock::time_point next =
      std::min({sweep_at_, ask_at_, pacer_.tick(raw(), now)});
  if (now >= answer_until_)
    answer_late();
  if (closing_)
    hand_over(now);
  return next;
}

void group_handle::follow_table() {
  const std::uint64_t version = around_.directory->version();
  if (std::exchange(table_version_, version) != version)
    emit(topics_changed{around_.directory->table()});
}

/// True: there may be more.
bool group_handle::serve() {
  for (int i = 0; queue_ && i < events_per_turn; ++i) {
    const event_handle event = queue_->next();
    if (!event)
      return false;
    read(event.get());
  }
  return queue_ != nullptr;
}

void group_handle::read(rd_kafka_event_t* event) {
  switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_REBALANCE:
      on_rebalance(event);
      break;
    case RD_KAFKA_EVENT_OFFSET_COMMIT:
      on_committed(event);
      break;
    case RD_KAFKA_EVENT_ERROR:
      on_error(event);
      break;
    case RD_KAFKA_EVENT_LOG:
      around_.watch->log(event);
      break;
    case RD_KAFKA_EVENT_FETCH:
      // Every partition has its own queue, set before it is assigned.
      fail(own_failure("INTERNAL",
                       "a record came past its partition's queue and is "
                       "lost to this member"));
      break;
    default:
      break;
  }
}

void group_handle::on_rebalance(rd_kafka_event_t* event) {
  const rd_kafka_resp_err_t what = rd_kafka_event_error(event);
  // A revoke may be librdkafka's own, since nobody answers.
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
    around_.watch->answered();
  if (closing_) {
    drop_partitions();
    return;
  }
  answer_until_ = clock::now() + around_.answer_time;
  around_.by->due(answer_until_);
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    answer_ = expected::assign;
    emit(assigned{partitions_of(event)});
  } else if (what == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
    answer_ = expected::unassign;
    emit(revoked{partitions_of(event), rd_kafka_assignment_lost(raw()) != 0});
  } else {
    drop_partitions();
    fail(to_failure(what, "the group's rebalance failed"));
  }
}

/// The whole group waits for our answer: one is given in the actor's stead. An
/// assignment that is answered after all is carried out then.
void group_handle::answer_late() {
  answer_until_ = clock::time_point::max();
  if (answer_ == expected::unassign) {
    drop_partitions();
  } else {
    const partition_list none(rd_kafka_topic_partition_list_new(0));
    rd_kafka_assign(raw(), none.get());
  }
  fail(own_failure("INTERNAL",
                   "a rebalance was not answered in time; the member took no "
                   "partition"));
}

void group_handle::on_committed(rd_kafka_event_t* event) {
  const auto id = reinterpret_cast<std::uint64_t>(rd_kafka_event_opaque(event));
  auto known = commits_.extract(id);
  if (known.empty())
    return;
  int error = rd_kafka_event_error(event);
  const auto* list = rd_kafka_event_topic_partition_list(event);
  const std::string what = "cannot commit offsets";
  committed told{id, std::move(known.mapped()), std::nullopt};
  for (int i = 0; list != nullptr && i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (one.err == RD_KAFKA_RESP_ERR_NO_ERROR)
      continue;
    told.refused[{one.topic, one.partition}] = to_failure(one.err, what);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
      error = one.err;
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    told.error = to_failure(error, what);
  else
    around_.watch->answered();
  emit(std::move(told));
  if (closing_)
    hand_over(clock::now());
}

void group_handle::on_error(rd_kafka_event_t* event) {
  auto error = read_consumer_error(raw(), event, *around_.watch,
                                   [this] { around_.directory->suspect(); });
  if (!error)
    return;
  if (error->code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET &&
      !error->at.topic.empty())
    on_out_of_range(error->at);
  else if (error->why.code == "UNKNOWN_TOPIC_OR_PARTITION")
    on_missing(std::move(error->why), error->at.topic);
  else
    fail(std::move(error->why), std::move(error->at.topic), error->fatal);
}

/// Each of its partitions says so, and the group's subscription, too, without a
/// name. When it is created again shows in the list.
void group_handle::on_missing(failure why, const std::string& topic) {
  const bool told =
      topic.empty() ? !missing_.empty() : !missing_.insert(topic).second;
  if (told)
    return;
  around_.directory->ask(clock::now() + list_patience, [](const auto&) {});
  fail(std::move(why), topic);
}

void group_handle::on_partition_error(rd_kafka_event_t* error) {
  on_error(error);
}

void group_handle::fail(failure why, std::string topic, bool fatal) {
  around_.watch->note(why.message);
  if (told_.is_news(why, clock::now()))
    emit(consumer_failed{std::move(why), fatal, std::move(topic)});
}

void group_handle::on_records(fetched records) {
  emit(std::move(records));
}

}  // namespace wskafka::kafka
