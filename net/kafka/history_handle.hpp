#pragma once

#include "net/kafka/broker_watch.hpp"
#include "net/kafka/closer.hpp"
#include "net/kafka/consumer_client.hpp"
#include "net/kafka/fetch_wake.hpp"
#include "net/kafka/history_job.hpp"
#include "net/kafka/partition_queue.hpp"
#include "net/kafka/poller.hpp"
#include "net/kafka/queue_reader.hpp"
#include "net/kafka/rotation.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace wskafka::kafka {

/// What history's handles need of the edge; `leavers` outlives the poller's
/// thread.
struct history_surroundings {
  std::shared_ptr<poller> by;
  std::shared_ptr<broker_watch> watch;
  closer& leavers;
  batch_bounds bounds;
  credentials login;
  /// A list of topics may be out of date.
  std::function<void()> suspect;
  /// Makes a client, on the poller's thread.
  std::function<result<std::shared_ptr<consumer_client>>()> make_client;
};

/// One consumer client that carries out one read at a time. The poller's
/// thread.
class history_handle final
    : public pollable,
      private partition_events,
      public std::enable_shared_from_this<history_handle> {
 public:
  using clock = std::chrono::steady_clock;

  /// `around` outlives it.
  history_handle(const history_surroundings& around,
                 std::shared_ptr<consumer_client> client);

  /// Begins where the job is. No other is being served.
  void serve(std::shared_ptr<history_job> job);

  /// Lets go of the job, which is where the last record told left it.
  std::shared_ptr<history_job> release();

  const std::shared_ptr<history_job>& job() const { return job_; }
  /// When the job came, or went.
  clock::time_point since() const { return since_; }

  /// The job's payer has no credit.
  bool stalled() const;

  /// Its payer may have credit again.
  void go_on();

  /// No longer served; hands the client to the closer. `ended` runs on the
  /// closer's thread.
  void close(clock::time_point deadline, std::function<void()> ended);

  bool turn() override;

  /// Carries out what is due; returns when it is due next.
  clock::time_point tick(clock::time_point now) {
    return pacer_.tick(client_->get(), now);
  }

 private:
  void on_records(fetched records) override;
  void on_partition_error(rd_kafka_event_t* error) override;
  void on_room() override { pacer_.has_room(*around_.by); }
  void on_error(rd_kafka_event_t* event);

  const history_surroundings& around_;
  std::shared_ptr<consumer_client> client_;
  std::unique_ptr<queue_reader> queue_;
  std::shared_ptr<history_job> job_;
  std::vector<std::shared_ptr<partition_queue>> queues_;
  rotation turns_;
  clock::time_point since_;
  fetch_pacer pacer_;
};

}  // namespace wskafka::kafka
