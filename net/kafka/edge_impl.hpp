#pragma once

#include "net/kafka/broker_watch.hpp"
#include "net/kafka/callback_gate.hpp"
#include "net/kafka/closer.hpp"
#include "net/kafka/edge.hpp"
#include "net/kafka/embedded_broker.hpp"
#include "net/kafka/group_handle.hpp"
#include "net/kafka/history_pool.hpp"
#include "net/kafka/offset_inquirer.hpp"
#include "net/kafka/open_handles.hpp"
#include "net/kafka/poller.hpp"
#include "net/kafka/prefetch_budget.hpp"
#include "net/kafka/producer_handle.hpp"
#include "net/kafka/reaper.hpp"
#include "net/kafka/settings.hpp"
#include "net/kafka/tail_handle.hpp"
#include "net/kafka/topic_creator.hpp"
#include "net/kafka/topic_directory.hpp"
#include "net/kafka/topic_remover.hpp"
#include "net/kafka/wake_signal.hpp"
#include "net/kafka/worker_pool.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace wskafka::kafka {

/// The edge: makes the parts, and ends them in an order that cannot hang.
class edge_impl final : public edge {
 public:
  /// What `open` made before anything runs.
  struct parts {
    std::shared_ptr<embedded_broker> embedded;
    cluster_address address;
    client_handle producer;
    client_handle admin;
    reaper graves;
  };

  edge_impl(const config::options& options, edge_listener& events, parts made);
  ~edge_impl() override;

  kafka::producer& producer() override { return *producer_; }
  result<std::shared_ptr<group_consumer>> join(
      const std::string& group,
      std::shared_ptr<group_listener> events) override;
  result<std::shared_ptr<tail_reader>> tails(
      std::shared_ptr<tail_listener> events,
      std::shared_ptr<net::account> payer) override;
  std::shared_ptr<history_reader> history() override;
  std::shared_ptr<const topic_table> topics() const override;
  std::uint64_t topics_version() const override;
  void refresh(std::chrono::milliseconds timeout,
               std::function<void(result<std::shared_ptr<const topic_table>>)>
                   done) override;
  void create(std::vector<new_topic> topics, std::chrono::milliseconds timeout,
              std::function<void(std::vector<create_outcome>)> done) override;
  void remove(std::vector<std::string> names, std::chrono::milliseconds timeout,
              std::function<void(std::vector<create_outcome>)> done) override;
  void describe(std::vector<std::string> names,
                std::chrono::milliseconds timeout,
                std::function<void(result<topic_descriptions>)> done) override;
  void offsets(offsets_question question, std::chrono::milliseconds timeout,
               std::function<void(result<topic_offsets>)> done) override;
  broker_state state() const override { return watch_->describe(); }
  bool stop(std::chrono::steady_clock::time_point deadline) override;

  /// For tests: the embedded broker, to break it, and the producer's client.
  embedded_broker* embedded() { return embedded_.get(); }
  producer_handle& native_producer() { return *producer_; }

 private:
  void report();
  bool serve_admin();
  bool stop_consumers(std::chrono::steady_clock::time_point deadline);
  find_producer producer_finder();
  std::shared_ptr<rd_kafka_t> make_reader(const std::string& group);
  batch_bounds bounds() const;
  credentials login() const;
  /// A client made by `make` within the prefetch budget; `what` begins the
  /// failure.
  result<std::shared_ptr<consumer_client>> make_client(
      const std::string& what,
      const std::function<result<client_handle>(const consumer_shape&)>& make);

  const config::options options_;
  const std::shared_ptr<embedded_broker> embedded_;
  const cluster_address address_;
  const reaper graves_;

  const std::shared_ptr<broker_watch> watch_;
  const std::shared_ptr<callback_gate> gate_;
  const std::shared_ptr<worker_pool> workers_;
  std::shared_ptr<rd_kafka_t> admin_;
  std::shared_ptr<topic_directory> directory_;
  std::shared_ptr<topic_creator> creator_;
  std::shared_ptr<topic_remover> remover_;
  std::shared_ptr<offset_inquirer> inquirer_;
  const std::shared_ptr<prefetch_budget> prefetch_;
  closer closer_;
  std::vector<std::shared_ptr<poller>> pollers_;

  wake_signal wake_;
  std::unique_ptr<queue_reader> admin_events_;
  std::unique_ptr<producer_handle> producer_;
  std::atomic<bool> reporting_{true};
  std::thread report_thread_;

  open_handles handles_;
  bool stopped_ = false;
  bool clean_ = true;
};

}  // namespace wskafka::kafka
