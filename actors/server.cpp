#include "actors/server.hpp"

#include "actors/environment.hpp"
#include "actors/event_hub.hpp"
#include "actors/frugal_sharing.hpp"
#include "actors/gateway.hpp"
#include "net/ws/endpoint.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace wskafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Messages that an actor handles before others get their turn.
constexpr std::size_t max_throughput = 200;

/// Of the time for the clean stop, what is kept back for closing connections.
constexpr milliseconds closing_time{2000};

/// How long the last words (failures of given-up records) may take to be sent.
constexpr milliseconds last_words{1000};

/// Carries a shard's events to its router.
class shard_listener final : public ws::listener {
 public:
  /// One for each shard, in order, before any starts.
  void add(std::shared_ptr<shard_inbox> inbox) {
    inboxes_.push_back(std::move(inbox));
  }

  void on_events(unsigned shard, std::vector<ws::event>& burst) override {
    inboxes_[shard]->push_all(burst);
  }

 private:
  std::vector<std::shared_ptr<shard_inbox>> inboxes_;
};

/// Turns what the Kafka edge tells into the seed's events.
class edge_events final : public kafka::edge_listener {
 public:
  explicit edge_events(event_hub& hub) : hub_(hub) {}

  void on_broker_state(const kafka::broker_state& state) override {
    event_info info;
    info.what = state.up ? event::producer_ready : event::producer_error;
    info.text = state.up ? state.name : state.last_error;
    hub_.emit(info);
  }

  void on_log(int severity, const std::string& line) override {
    constexpr int warning = 4;
    if (severity > warning)
      return;
    event_info info;
    info.what = event::error;
    info.text = line;
    hub_.emit(info);
  }

 private:
  event_hub& hub_;
};

net::ledger make_ledger(const config::websocket_options& o) {
  return net::ledger(
      {o.process_in_bytes, o.connection_in_bytes, o.max_frame_in},
      {o.process_out_bytes, o.connection_out_bytes, o.max_frame_out});
}

unsigned actor_threads(const config::websocket_options& o) {
  if (o.actor_threads > 0)
    return o.actor_threads;
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

std::string_view to_string(event what) {
  switch (what) {
    case event::ws_connection:
      return "ws-connection";
    case event::ws_close:
      return "ws-close";
    case event::wss_ready:
      return "wss-ready";
    case event::producer_ready:
      return "producer-ready";
    case event::producer_error:
      return "producer-error";
    case event::consumer_ready:
      return "consumer-ready";
    case event::consumer_error:
      return "consumer-error";
    case event::consumer_message:
      return "consumer-message";
    case event::error:
      return "error";
  }
  return "";
}

struct server::implementation {
  explicit implementation(config::options o)
      : options(std::move(o)),
        book(make_ledger(options.websocket)),
        from_kafka(hub) {}

  std::optional<std::string> start();
  bool stop(milliseconds limit);
  void spawn_actors();
  bool wait_for(const bool& step, steady_clock::time_point deadline);
  bool close_connections(steady_clock::time_point deadline);

  const config::options options;
  event_hub hub;
  counters count;
  net::ledger book;
  edge_events from_kafka;
  std::function<void()> on_failure;

  // In the order in which they start, and are destroyed in reverse.
  std::vector<std::shared_ptr<router_actor>> routers;
  std::vector<std::shared_ptr<shard_inbox>> inboxes;
  shard_listener from_sockets;
  std::unique_ptr<kafka::edge> edge;
  std::unique_ptr<ws::endpoint> sockets;
  std::unique_ptr<environment> shared;
  caf::actor_system_config caf_config;
  std::unique_ptr<caf::actor_system> actors;
  gateway_actor root;
  /// What the gateway told of the clean stop's two steps.
  std::mutex stop_mutex;
  std::condition_variable stop_changed;
  bool stopped = false;
  bool flushed_last = false;
  bool clean = true;
  bool running = false;
};

std::optional<std::string> server::implementation::start() {
  sockets = std::make_unique<ws::endpoint>(
      options.websocket, options.consumer.auto_commit_interval, book,
      from_sockets);
  if (auto error = sockets->bind())
    return error;
  for (unsigned shard = 0; shard < sockets->shards(); ++shard) {
    routers.push_back(std::make_shared<router_actor>());
    inboxes.push_back(std::make_shared<shard_inbox>(
        [router = routers.back()] { caf::anon_send(*router, inbox_ready{}); }));
    from_sockets.add(inboxes.back());
  }
  auto opened = kafka::edge::open(options, from_kafka);
  if (!opened)
    return opened.error.message;
  edge = std::move(*opened.value);
  shared.reset(new environment{options, book, *sockets, *edge, hub, count,
                               [this] { return sockets->count(); }});
  spawn_actors();
  sockets->start();
  running = true;
  for (const std::string& address : sockets->addresses()) {
    event_info info;
    info.what = event::wss_ready;
    info.text = address;
    hub.emit(info);
  }
  return std::nullopt;
}

void server::implementation::spawn_actors() {
  caf_config.load<caf::scheduler::coordinator<frugal_sharing>>();
  caf_config.set("scheduler.max-threads", actor_threads(options.websocket));
  caf_config.set("scheduler.max-throughput", max_throughput);
  actors = std::make_unique<caf::actor_system>(caf_config);
  std::promise<void> ready;
  gateway::callbacks calls;
  calls.ready = [&ready] { ready.set_value(); };
  calls.stopped = [this](bool last, bool all) {
    std::lock_guard<std::mutex> guard(stop_mutex);
    (last ? flushed_last : stopped) = true;
    clean = clean && all;
    stop_changed.notify_all();
  };
  calls.failed = [this] {
    if (on_failure)
      on_failure();
  };
  root = actors->spawn<gateway>(*shared, inboxes, routers, std::move(calls));
  ready.get_future().wait();
}

// -- the clean stop

bool server::implementation::stop(milliseconds limit) {
  if (!std::exchange(running, false))
    return true;
  const auto deadline = steady_clock::now() + limit;
  const auto work_until = deadline - std::min(limit / 4, closing_time);
  sockets->stop_accepting();
  caf::anon_send(root, begin_stop{work_until});
  bool all = wait_for(stopped, work_until);
  // Buffers are with librdkafka now: wait for the reports.
  all = edge->producer().flush(work_until) && all;
  // What waited for a topic, or was reported as failed, is answered.
  caf::anon_send(root, begin_stop{work_until, true});
  all = wait_for(flushed_last,
                 std::max(deadline, steady_clock::now() + last_words)) &&
        all;
  all = close_connections(deadline) && all;
  sockets->stop();
  all = edge->stop(std::max(deadline, steady_clock::now() + last_words)) && all;
  caf::anon_send(root, retire{});
  root = nullptr;
  // The shards, which used these handles, have stopped.
  for (const auto& router : routers)
    *router = nullptr;
  actors.reset();
  return all;
}

/// True when the step was told in time, and nothing was given up so far.
bool server::implementation::wait_for(const bool& step,
                                      steady_clock::time_point deadline) {
  std::unique_lock<std::mutex> lock(stop_mutex);
  return stop_changed.wait_until(lock, deadline, [&] { return step; }) && clean;
}

/// Spread over half of what is left, so that not everybody reconnects at once.
bool server::implementation::close_connections(
    steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  const std::uint64_t open = sockets->count().open;
  // A handful needs no spreading.
  const milliseconds spread = std::min<milliseconds>(
      std::max(left, milliseconds(0)) / 2, milliseconds(open / 5));
  sockets->close_all(spread);
  while (sockets->count().open > 0) {
    if (steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

// -- the face

server::server(config::options options)
    : impl_(std::make_unique<implementation>(std::move(options))) {}

server::~server() {
  impl_->stop(impl_->options.websocket.stop_timeout);
}

std::vector<std::string> server::refusals(const config::options& options) {
  std::vector<std::string> found;
  for (kafka::failure& wrong : kafka::edge::refusals(options))
    found.push_back(std::move(wrong.message));
  return found;
}

server& server::on(event what, event_handler handler) {
  impl_->hub.on(what, std::move(handler));
  return *this;
}

server& server::on_failure(std::function<void()> handler) {
  impl_->on_failure = std::move(handler);
  return *this;
}

std::optional<std::string> server::start() {
  return impl_->start();
}

bool server::await_broker(milliseconds limit) const {
  const auto deadline = steady_clock::now() + limit;
  while (!impl_->edge->state().up) {
    if (steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

std::vector<std::string> server::addresses() const {
  return impl_->sockets->addresses();
}

std::uint16_t server::port() const {
  return impl_->sockets->port();
}

bool server::stop(milliseconds deadline) {
  return impl_->stop(deadline);
}

std::vector<std::string> server::notices() const {
  const config::options& o = impl_->options;
  std::vector<std::string> lines;
  if (o.kafka.host.empty())
    lines.push_back("embedded broker, in memory, for trying things out");
  else if (const auto brokers = impl_->edge->state(); brokers.up)
    lines.push_back("Kafka at " + o.kafka.host + " is connected");
  else
    lines.push_back("Kafka at " + o.kafka.host +
                    " is not reached yet, requests fail until it is" +
                    (brokers.last_error.empty() ? "" : ": ") +
                    brokers.last_error);
  switch (o.producer.require_acks) {
    case config::acks::all:
      lines.push_back(
          "publishing is idempotent and ordered; a receipt means that all "
          "in-sync replicas have the record");
      break;
    case config::acks::leader:
      lines.push_back(
          "publishing is ordered, a retry may duplicate; a receipt means that "
          "the leader has the record (requireAcks: 1)");
      break;
    case config::acks::none:
      lines.push_back(
          "publishing promises neither order nor arrival (requireAcks: 0)");
      break;
  }
  lines.push_back(
      o.consumer.auto_commit
          ? "delivery is at least once per group: offsets are committed when "
            "the peer has read the records"
          : "only acks commit offsets (autoCommit: false): in a group where "
            "nobody acknowledges, a partition that moves may miss records");
  if (o.websocket.allowed_origins.empty())
    lines.push_back(
        "every Origin may connect (websocket_config.allowed_origins is not "
        "set)");
  return lines;
}

}  // namespace wskafka
