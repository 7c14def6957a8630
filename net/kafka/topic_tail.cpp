#include "net/kafka/topic_tail.hpp"

#include "net/kafka/error.hpp"
#include "net/kafka/offset_lookup.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds pause_after_failure{100};

/// Of questions that nobody waits for with a deadline.
constexpr milliseconds patience{5000};

constexpr const char* unknown_topic = "UNKNOWN_TOPIC_OR_PARTITION";

}  // namespace

topic_tail::topic_tail(tail_surroundings& around, std::string topic,
                       std::uint32_t epoch, clock::time_point deadline)
    : around_(around),
      topic_(std::move(topic)),
      epoch_(epoch),
      deadline_(deadline),
      last_(timed_out("cannot read the end of topic \"" + topic_ + '"')) {}

void topic_tail::begin() {
  if (!doubtful_ && around_.table()->partitions.count(topic_) > 0)
    start();
  else
    ask_list();
}

void topic_tail::ask_list() {
  asking_ = true;
  around_.list(deadline_, [self = shared_from_this()](const auto& list) {
    self->asking_ = false;
    self->on_list(list);
  });
}

void topic_tail::end() {
  drop_all();
  phase_ = phase::ended;
  parts_.clear();
}

/// The answer to whether the topic that is to be begun is there at all.
void topic_tail::on_list(
    const result<std::shared_ptr<const topic_table>>& list) {
  if (phase_ != phase::starting)
    return;
  if (!list) {
    last_ = list.error;
    retry_later();
  } else if ((*list.value)->partitions.count(topic_) == 0) {
    fail({unknown_topic, "there is no topic \"" + topic_ + "\".", false}, true);
  } else {
    start();
  }
}

/// Asks where the partitions end.
void topic_tail::start() {
  const auto table = around_.table();
  const auto found = table->partitions.find(topic_);
  if (found == table->partitions.end()) {
    retry_later();
    return;
  }
  born_ = table->born(topic_);
  std::vector<topic_partition> all;
  for (std::int32_t p = 0; p < found->second; ++p)
    all.push_back({topic_, p});
  asking_ = true;
  around_.ask(std::move(all), deadline_,
              [self = shared_from_this()](const auto& ranges) {
                self->asking_ = false;
                self->on_ends(ranges);
              });
}

void topic_tail::on_ends(const std::vector<log_range>& ranges) {
  if (phase_ != phase::starting)
    return;
  tail_started told{topic_, epoch_, {}};
  for (const log_range& range : ranges) {
    if (range.error) {
      last_ = *range.error;
      doubtful_ = last_.code == unknown_topic;
      retry_later();
      return;
    }
    told.starts.push_back({range.at, range.end});
  }
  if (!around_.room(ranges.size())) {
    fail(own_failure("LIMIT_REACHED",
                     "cannot read the end of topic \"" + topic_ +
                         "\": prefetch_budget is used up by the groups and "
                         "broadcast topics that are open."),
         true);
    return;
  }
  phase_ = phase::reading;
  const std::vector<position> starts = told.starts;
  around_.emit(std::move(told));
  if (read(starts))
    on_table(*around_.table());
}

void topic_tail::on_table(const topic_table& table) {
  if (phase_ != phase::reading && phase_ != phase::gone)
    return;
  const auto found = table.partitions.find(topic_);
  const std::int32_t now = found == table.partitions.end() ? 0 : found->second;
  const std::uint64_t born = table.born(topic_);
  if (now == 0) {
    vanish();
  } else if (phase_ == phase::gone || now < count() || born != born_) {
    born_ = born;
    renew(now);
  } else if (now > count()) {
    widen(now);
  }
}

/// The topic is not there any more: its partitions wait for another of its
/// name.
void topic_tail::vanish() {
  if (phase_ == phase::gone)
    return;
  phase_ = phase::gone;
  give_up_reading();
  fail({unknown_topic, "topic \"" + topic_ + "\" was deleted.", true}, false);
}

/// What is on its way tells of the topic that was.
void topic_tail::give_up_reading() {
  drop_all();
  ++question_;
  asking_ = false;
}

/// Another topic of the same name.
void topic_tail::renew(std::int32_t now) {
  phase_ = phase::reading;
  give_up_reading();
  if (now < count()) {
    parts_.erase(parts_.lower_bound(now), parts_.end());
    around_.emit(tail_shrunk{topic_, epoch_, now});
  }
  for (auto& [partition, one] : parts_)
    if (one.want != wanted::newly)
      one.want = wanted::anew;
  widen(now);
}

void topic_tail::widen(std::int32_t now) {
  for (std::int32_t p = count(); p < now; ++p)
    parts_[p].want = wanted::newly;
  ask_ranges(clock::now());
}

void topic_tail::on_records(const protocol::record_batch& batch) {
  const auto found = parts_.find(batch.partition);
  if (found != parts_.end() && !batch.records.empty())
    found->second.next = batch.records.back().offset + 1;
}

void topic_tail::on_out_of_range(std::int32_t partition) {
  const auto found = parts_.find(partition);
  if (phase_ != phase::reading || found == parts_.end() || !found->second.queue)
    return;
  // librdkafka has stopped it, and begins anew only what is assigned anew.
  drop({partition});
  found->second.want = wanted::range;
  ask_ranges(clock::now());
}

void topic_tail::ask_ranges(clock::time_point now) {
  std::vector<topic_partition> of;
  for (const auto& [partition, one] : parts_)
    if (one.want != wanted::nothing)
      of.push_back({topic_, partition});
  if (asking_ || of.empty())
    return;
  asking_ = true;
  retry_at_ = clock::time_point::max();
  around_.ask(std::move(of), now + patience,
              [self = shared_from_this(), number = question_](const auto& all) {
                if (number != self->question_)
                  return;
                self->asking_ = false;
                self->on_ranges(all);
              });
}

void topic_tail::on_ranges(const std::vector<log_range>& ranges) {
  if (phase_ != phase::reading)
    return;
  tail_grown grown{topic_, epoch_, {}};
  std::vector<position> starts;
  bool gone = false;
  for (const log_range& range : ranges) {
    const auto found = parts_.find(range.at.partition);
    if (found == parts_.end() || found->second.want == wanted::nothing)
      continue;
    if (range.error) {
      around_.note(range.error->message);
      gone = gone || range.error->code == unknown_topic;
      continue;
    }
    const bool newly = found->second.want == wanted::newly;
    starts.push_back({range.at, settle(found->second, range)});
    if (newly)
      grown.starts.push_back(starts.back());
  }
  if (!grown.starts.empty())
    around_.emit(std::move(grown));
  if (!starts.empty() && !read(starts))
    return;
  if (std::any_of(parts_.begin(), parts_.end(), [](const auto& each) {
        return each.second.want != wanted::nothing;
      }))
    retry_later();
  // Whether the topic is there at all comes by `on_table`.
  if (gone)
    around_.list(clock::now() + patience, [](const auto&) {});
}

/// Where it goes on; tells of the gap.
std::int64_t topic_tail::settle(part& one, const log_range& range) {
  const wanted why = std::exchange(one.want, wanted::nothing);
  if (why == wanted::newly)
    return range.first;
  // An answer that came too late may have put it out of range: it is in again.
  if (why == wanted::range && one.next >= range.first && one.next <= range.end)
    return one.next;
  const bool passed = why == wanted::range && range.first > one.next;
  around_.emit(tail_gap{range.at, epoch_, one.next, range.first, !passed});
  return range.first;
}

/// Takes the partitions in, from there.
bool topic_tail::read(const std::vector<position>& from) {
  for (const position& start : from) {
    part& one = parts_[start.at.partition];
    one.next = start.offset;
    one.queue = around_.make_queue(start.at);
    one.queue->attach(around_.client());
    one.queue->begin_epoch(epoch_);
    one.queue->give(around_.payer(), 0);
  }
  const partition_list list = to_list(from);
  const error_handle error(
      rd_kafka_incremental_assign(around_.client().get(), list.get()));
  around_.changed();
  if (!error)
    return true;
  fail(to_failure(rd_kafka_error_code(error.get()),
                  "cannot read topic \"" + topic_ + '"'),
       true);
  return false;
}

void topic_tail::drop(const std::vector<std::int32_t>& which) {
  std::vector<position> read;
  for (const std::int32_t partition : which)
    if (parts_[partition].queue)
      read.push_back({{topic_, partition}, RD_KAFKA_OFFSET_INVALID});
  if (read.empty())
    return;
  const partition_list list = to_list(read);
  const error_handle ignored(
      rd_kafka_incremental_unassign(around_.client().get(), list.get()));
  // A poll begun now yields nothing of them any more.
  for (const position& each : read)
    std::exchange(parts_[each.at.partition].queue, nullptr)->detach();
  around_.changed();
}

void topic_tail::drop_all() {
  std::vector<std::int32_t> all;
  for (const auto& each : parts_)
    all.push_back(each.first);
  drop(all);
}

topic_tail::clock::time_point topic_tail::tick(clock::time_point now) {
  if (phase_ == phase::starting && now >= deadline_) {
    fail(last_, true);
  } else if (now >= retry_at_ && !asking_) {
    retry_at_ = clock::time_point::max();
    if (phase_ == phase::starting)
      begin();
    else if (phase_ == phase::reading)
      ask_ranges(now);
  }
  return std::min(retry_at_, phase_ == phase::starting
                                 ? deadline_
                                 : clock::time_point::max());
}

void topic_tail::retry_later() {
  retry_at_ = clock::now() + pause_after_failure;
  around_.due(retry_at_);
}

void topic_tail::fail(failure why, bool fatal) {
  if (fatal) {
    drop_all();
    phase_ = phase::failed;
  }
  around_.emit(tail_failed{topic_, epoch_, std::move(why), fatal});
}

void topic_tail::collect(
    std::vector<std::shared_ptr<partition_queue>>& into) const {
  for (const auto& each : parts_)
    if (each.second.queue)
      into.push_back(each.second.queue);
}

}  // namespace wskafka::kafka
