#include "net/kafka/edge_impl.hpp"

#include "net/kafka/error.hpp"
#include "net/kafka/topic_details.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr unsigned worker_threads = 2;

/// What is left to end threads that wait for nobody, past the deadline.
constexpr milliseconds grace{300};

unsigned poller_count(const config::kafka_options& options) {
  if (options.pollers > 0)
    return options.pollers;
  return std::max(1u, std::thread::hardware_concurrency() / 4);
}

std::string name_of(const config::options& options) {
  return options.kafka.host.empty() ? "embedded" : options.kafka.host;
}

}  // namespace

edge_impl::edge_impl(const config::options& options, edge_listener& events,
                     parts made)
    : options_(options),
      embedded_(std::move(made.embedded)),
      address_(std::move(made.address)),
      graves_(made.graves),
      watch_(std::make_shared<broker_watch>(name_of(options), events)),
      gate_(std::make_shared<callback_gate>()),
      workers_(std::make_shared<worker_pool>(worker_threads)),
      admin_(graves_.share(std::move(made.admin))),
      directory_(std::make_shared<topic_directory>(admin_, workers_, watch_,
                                                   producer_finder())),
      creator_(std::make_shared<topic_creator>(
          admin_, workers_, directory_, embedded_,
          options.kafka.embedded_partitions, producer_finder())),
      remover_(std::make_shared<topic_remover>(admin_, workers_, directory_,
                                               embedded_ != nullptr)),
      inquirer_(std::make_shared<offset_inquirer>(
          admin_, workers_, directory_,
          [this, gate = gate_](const std::string& group) {
            std::shared_ptr<rd_kafka_t> client;
            gate->pass([&] { client = make_reader(group); });
            return client;
          })),
      prefetch_(std::make_shared<prefetch_budget>(options.consumer)),
      closer_(watch_) {
  watch_->opened();
  for (unsigned i = 0; i < poller_count(options_.kafka); ++i)
    pollers_.push_back(
        std::make_shared<poller>(options_.consumer.gather_interval));
  admin_events_ = std::make_unique<queue_reader>(
      queue_handle(rd_kafka_queue_get_main(admin_.get())),
      [this] { wake_.set(); });
  producer_ = std::make_unique<producer_handle>(
      producer_handle::surroundings{
          options_, address_, *watch_, graves_, wake_,
          [directory = directory_] { directory->suspect(); }},
      std::move(made.producer));
  report_thread_ = std::thread([this] { report(); });
  directory_->refresh_every(options_.kafka.metadata_refresh);
}

edge_impl::~edge_impl() {
  stop(clock::now());
}

void edge_impl::report() {
  while (reporting_) {
    wake_.wait_until(producer_->due());
    for (bool more = true; more;) {
      const bool reports = producer_->serve();
      more = serve_admin() || reports;
    }
  }
}

bool edge_impl::serve_admin() {
  const event_handle event = admin_events_->next();
  if (!event)
    return false;
  switch (rd_kafka_event_type(event.get())) {
    case RD_KAFKA_EVENT_CREATETOPICS_RESULT:
      creator_->on_result(event.get());
      break;
    case RD_KAFKA_EVENT_DELETETOPICS_RESULT:
      remover_->on_result(event.get());
      break;
    case RD_KAFKA_EVENT_ERROR:
      watch_->note(rd_kafka_event_error_string(event.get()));
      if (rd_kafka_event_error(event.get()) ==
          RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        directory_->suspect();
      break;
    case RD_KAFKA_EVENT_LOG:
      watch_->log(event.get());
      break;
    default:
      break;
  }
  return true;
}

/// It reads commits and no record.
std::shared_ptr<rd_kafka_t> edge_impl::make_reader(const std::string& group) {
  auto client = make_consumer(options_, address_, group, {});
  if (!client)
    return nullptr;
  return {client.value->release(), [graves = graves_](rd_kafka_t* raw) {
            // It has joined nothing that it could leave.
            graves.destroy(client_handle(raw), {},
                           RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
          }};
}

/// Null before there is a producer, and once the gate is closed.
find_producer edge_impl::producer_finder() {
  return [this, gate = gate_](const std::vector<std::string>& topics) {
    std::shared_ptr<rd_kafka_t> client;
    gate->pass([&] {
      if (producer_)
        client = producer_->client_of(topics);
    });
    return client;
  };
}

batch_bounds edge_impl::bounds() const {
  batch_bounds of;
  of.records = std::min(of.records, options_.consumer.max_tick_messages);
  of.bytes = options_.websocket.max_record_out;
  return of;
}

credentials edge_impl::login() const {
  const config::property_map& own = options_.consumer.librdkafka;
  return {find_property(options_, own, "sasl.username"),
          find_property(options_, own, "sasl.password")};
}

result<std::shared_ptr<consumer_client>> edge_impl::make_client(
    const std::string& what,
    const std::function<result<client_handle>(const consumer_shape&)>& make) {
  auto share = prefetch_->take();
  if (!share)
    return {std::nullopt,
            own_failure("LIMIT_REACHED",
                        what + ": prefetch_budget is used up by the groups "
                               "that are open.")};
  auto client = make(share->shape());
  if (!client)
    return {std::nullopt,
            own_failure("INTERNAL", what + ": " + client.error.message)};
  return {std::make_shared<consumer_client>(std::move(*client.value), watch_,
                                            std::move(share), graves_),
          {}};
}

result<std::shared_ptr<group_consumer>> edge_impl::join(
    const std::string& group, std::shared_ptr<group_listener> events) {
  const std::string what = "cannot join consumer group \"" + group + '"';
  auto client = make_client(what, [&](const consumer_shape& shape) {
    return make_consumer(options_, address_, group, shape);
  });
  if (!client)
    return {std::nullopt, client.error};
  const std::size_t which = std::hash<std::string>()(group) % pollers_.size();
  const auto handle = handles_.add([&](std::function<void()> ended) {
    return std::make_shared<group_handle>(
        group_handle::surroundings{pollers_[which], workers_, watch_, gate_,
                                   closer_, bounds(), login(), directory_},
        std::move(*client.value), std::move(events), std::move(ended));
  });
  if (!handle)
    return {std::nullopt, shutting_down(what)};
  handle->start();
  return {handle, {}};
}

result<std::shared_ptr<tail_reader>> edge_impl::tails(
    std::shared_ptr<tail_listener> events,
    std::shared_ptr<net::account> payer) {
  const std::string what = "cannot read the topics' tails";
  // Runs on the poller, which ends before this does.
  const auto make = [this, what] {
    return make_client(what, [this](const consumer_shape& shape) {
      return make_log_consumer(options_, address_, shape, log_use::tails);
    });
  };
  const auto handle = handles_.add([&](std::function<void()> ended) {
    return std::make_shared<tail_handle>(
        tail_handle::surroundings{pollers_.back(), workers_, watch_, directory_,
                                  closer_, bounds(), login(), make},
        std::move(events), std::move(payer), std::move(ended));
  });
  if (!handle)
    return {std::nullopt, shutting_down(what)};
  return {handle, {}};
}

std::shared_ptr<history_reader> edge_impl::history() {
  // Runs on the poller, which ends before this does.
  const auto make = [this] {
    return make_client(
        "cannot read the topics' past", [this](const consumer_shape& shape) {
          return make_log_consumer(options_, address_, shape, log_use::history);
        });
  };
  const history_pool::bounds most{options_.consumer.history_readers,
                                  options_.consumer.history_queue};
  return handles_.add([&](std::function<void()> ended) {
    return std::make_shared<history_pool>(
        history_surroundings{
            pollers_.back(), watch_, closer_, bounds(), login(),
            [directory = directory_] { directory->suspect(); }, make},
        most, std::move(ended));
  });
}

std::shared_ptr<const topic_table> edge_impl::topics() const {
  return directory_->table();
}

std::uint64_t edge_impl::topics_version() const {
  return directory_->version();
}

void edge_impl::refresh(
    milliseconds timeout,
    std::function<void(result<std::shared_ptr<const topic_table>>)> done) {
  directory_->ask(
      clock::now() + timeout,
      [gate = gate_, done = std::move(done)](const result<topic_view>& view) {
        gate->pass([&] {
          if (view)
            done({view.value->table, {}});
          else
            done({std::nullopt, view.error});
        });
      });
}

void edge_impl::create(std::vector<new_topic> topics, milliseconds timeout,
                       std::function<void(std::vector<create_outcome>)> done) {
  creator_->create(topics, clock::now() + timeout,
                   [gate = gate_, done = std::move(done)](
                       std::vector<create_outcome> outcomes) {
                     gate->pass([&] { done(std::move(outcomes)); });
                   });
}

void edge_impl::remove(std::vector<std::string> names, milliseconds timeout,
                       std::function<void(std::vector<create_outcome>)> done) {
  remover_->remove(names, clock::now() + timeout,
                   [gate = gate_, done = std::move(done)](
                       std::vector<create_outcome> outcomes) {
                     gate->pass([&] { done(std::move(outcomes)); });
                   });
}

void edge_impl::describe(std::vector<std::string> names, milliseconds timeout,
                         std::function<void(result<topic_descriptions>)> done) {
  directory_->ask(clock::now() + timeout,
                  [gate = gate_, names = std::move(names),
                   done = std::move(done)](const result<topic_view>& view) {
                    gate->pass([&] {
                      if (view)
                        done({describe_topics(*view.value, names), {}});
                      else
                        done({std::nullopt, view.error});
                    });
                  });
}

void edge_impl::offsets(offsets_question question, milliseconds timeout,
                        std::function<void(result<topic_offsets>)> done) {
  inquirer_->ask(std::move(question), clock::now() + timeout,
                 [gate = gate_,
                  done = std::move(done)](const result<topic_offsets>& found) {
                   gate->pass([&] { done(found); });
                 });
}

bool edge_impl::stop_consumers(clock::time_point deadline) {
  handles_.close_all(deadline);
  const bool flushed = producer_->close(deadline);
  const bool ended =
      handles_.wait_until(std::max(deadline, clock::now()) + grace);
  return flushed && ended;
}

bool edge_impl::stop(clock::time_point deadline) {
  if (std::exchange(stopped_, true))
    return clean_;
  // Whoever waits for an answer gets one.
  creator_->stop();
  remover_->stop();
  inquirer_->stop();
  directory_->stop();
  clean_ = stop_consumers(deadline);
  for (const auto& each : pollers_)
    each->stop();
  const clock::time_point last = std::max(deadline, clock::now()) + grace;
  clean_ = closer_.stop(last) && clean_;
  reporting_ = false;
  wake_.set();
  report_thread_.join();
  clean_ = workers_->stop(last) && clean_;
  gate_->close();
  watch_->close();
  admin_events_.reset();
  producer_->release();
  admin_.reset();
  clean_ = graves_.wait(last) && clean_;
  return clean_;
}

}  // namespace wskafka::kafka
