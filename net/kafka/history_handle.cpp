#include "net/kafka/history_handle.hpp"

#include "net/kafka/consumer_error.hpp"
#include "net/kafka/error.hpp"
#include "net/kafka/offset_lookup.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {
namespace {

constexpr int events_per_turn = 256;

}  // namespace

history_handle::history_handle(const history_surroundings& around,
                               std::shared_ptr<consumer_client> client)
    : around_(around),
      client_(std::move(client)),
      since_(clock::now()),
      pacer_(around.login) {}

void history_handle::serve(std::shared_ptr<history_job> job) {
  if (!queue_)
    queue_ = std::make_unique<queue_reader>(
        queue_handle(rd_kafka_queue_get_consumer(client_->get())),
        [weak = weak_from_this(), by = around_.by] {
          if (auto self = weak.lock())
            by->mark(std::move(self));
        });
  job_ = std::move(job);
  since_ = clock::now();
  if (!std::exchange(job_->begun, true))
    job_->tell(history_begun{});
  std::vector<position> from;
  for (const auto& [partition, offset] : job_->next) {
    from.push_back({{job_->topic, partition}, offset});
    partition_events& to = *this;
    queues_.push_back(std::make_shared<partition_queue>(
        from.back().at, around_.bounds, to, *around_.by));
    queues_.back()->attach(*client_);
    queues_.back()->give(job_->payer, 0);
  }
  client_->prefetch().resize(from.size());
  const partition_list list = to_list(from);
  const error_handle error(
      rd_kafka_incremental_assign(client_->get(), list.get()));
  if (error)
    job_->tell(history_failed{
        0,
        to_failure(rd_kafka_error_code(error.get()),
                   "cannot read the past of topic \"" + job_->topic + '"'),
        false, true});
}

std::shared_ptr<history_job> history_handle::release() {
  std::vector<position> read;
  for (const auto& queue : queues_)
    read.push_back({queue->at(), RD_KAFKA_OFFSET_INVALID});
  const partition_list list = to_list(read);
  const error_handle ignored(
      rd_kafka_incremental_unassign(client_->get(), list.get()));
  // A poll begun now yields nothing of them any more.
  for (const auto& queue : queues_)
    queue->detach();
  queues_.clear();
  client_->prefetch().resize(0);
  since_ = clock::now();
  return std::exchange(job_, nullptr);
}

bool history_handle::stalled() const {
  return std::any_of(queues_.begin(), queues_.end(),
                     [](const auto& queue) { return queue->stalled(); });
}

void history_handle::go_on() {
  for (const auto& queue : turns_.order(queues_))
    if (queue->stalled())
      around_.by->mark(queue);
}

void history_handle::close(clock::time_point deadline,
                           std::function<void()> ended) {
  if (job_)
    release();
  queue_.reset();
  closing leaver{std::exchange(client_, nullptr), deadline, false,
                 [ended = std::move(ended)](bool) { ended(); }};
  around_.leavers.take(std::move(leaver));
}

bool history_handle::turn() {
  for (int i = 0; queue_ && i < events_per_turn; ++i) {
    const event_handle event = queue_->next();
    if (!event)
      return false;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR)
      on_error(event.get());
    else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_LOG)
      around_.watch->log(event.get());
  }
  return queue_ != nullptr;
}

void history_handle::on_records(fetched records) {
  job_->next[records.batch->partition] =
      records.batch->records.back().offset + 1;
  job_->tell(history_records{std::move(records)});
}

void history_handle::on_partition_error(rd_kafka_event_t* error) {
  on_error(error);
}

void history_handle::on_error(rd_kafka_event_t* event) {
  if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    const partition_handle at(rd_kafka_event_topic_partition(event));
    if (at && job_)
      job_->tell(history_end{at->partition});
    return;
  }
  auto error = read_consumer_error(client_->get(), event, *around_.watch,
                                   around_.suspect);
  if (!error)
    return;
  around_.watch->note(error->why.message);
  if (!job_ || (!error->fatal && error->at.topic != job_->topic))
    return;
  const bool gone = error->code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET;
  job_->tell(history_failed{error->at.partition, std::move(error->why), gone,
                            error->fatal});
}

}  // namespace wskafka::kafka
