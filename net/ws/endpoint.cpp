#include "net/ws/endpoint.hpp"

#include "net/ws/listen_sockets.hpp"
#include "net/ws/shard.hpp"

#include <algorithm>
#include <sys/resource.h>
#include <thread>
#include <utility>

namespace wskafka::ws {
namespace {

/// Sockets in the handshake, or being refused, beside the open connections.
constexpr std::size_t handshakes = 1024;

/// Descriptors left to the rest of the process: Kafka, logs, the listeners.
std::size_t reserve(std::size_t files) {
  return std::min<std::size_t>(files / 4, 1024);
}

std::size_t file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 1024;
  return limit.rlim_cur;
}

shard_settings settings_of(const config::websocket_options& options,
                           std::chrono::milliseconds confirm_interval) {
  shard_settings s;
  s.peers.ping_interval = options.ping_interval;
  s.peers.confirm_interval = confirm_interval;
  s.peers.message_timeout = options.message_timeout;
  s.peers.publish_stall = options.publish_stall;
  s.peers.slow_timeout = options.slow_timeout;
  s.peers.idle_timeout = options.idle_timeout;
  s.peers.max_pings_per_second = options.max_pings_per_second;
  s.allowed_origins = options.allowed_origins;
  s.max_frame_in = options.max_frame_in;
  s.max_fragments = options.max_fragments;
  s.max_header = options.max_header;
  s.handshake_timeout = options.handshake_timeout;
  return s;
}

unsigned shard_count(unsigned asked) {
  return asked != 0 ? asked : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

struct endpoint::implementation {
  std::string host;
  std::uint16_t port;
  std::size_t max_connections;
  unsigned count;
  net::ledger& book;
  listener& events;
  shard_settings settings;
  shared_numbers shared;
  listen_sockets sockets;
  std::vector<std::unique_ptr<shard>> shards;
  bool started = false;
};

endpoint::endpoint(const config::websocket_options& options,
                   std::chrono::milliseconds confirm_interval,
                   net::ledger& book, listener& events)
    : impl_(new implementation{options.host,
                               options.port,
                               options.max_connections,
                               shard_count(options.io_threads),
                               book,
                               events,
                               settings_of(options, confirm_interval),
                               {},
                               {},
                               {}}) {}

endpoint::~endpoint() {
  stop();
}

std::optional<std::string> endpoint::bind() {
  implementation& i = *impl_;
  if (auto error = i.sockets.open(i.host, i.port, i.count))
    return error;
  const std::size_t files = file_limit();
  const std::size_t usable = files - reserve(files);
  i.settings.max_open = std::min(i.max_connections, usable);
  i.settings.max_sockets =
      i.settings.max_open + std::min(handshakes, reserve(files) / 2);
  for (unsigned n = 0; n < i.count; ++n)
    i.shards.push_back(make_shard(static_cast<std::uint16_t>(n), i.settings,
                                  i.shared, i.book, i.events, i.sockets.take(n),
                                  i.sockets.v6()));
  return std::nullopt;
}

std::vector<std::string> endpoint::addresses() const {
  return {impl_->sockets.address()};
}

std::uint16_t endpoint::port() const {
  return impl_->sockets.port();
}

std::size_t endpoint::connection_limit() const {
  return impl_->settings.max_open;
}

unsigned endpoint::shards() const {
  return impl_->count;
}

void endpoint::start() {
  impl_->started = true;
  for (auto& s : impl_->shards)
    s->start();
}

void endpoint::send(outgoing item) {
  impl_->shards[item.to.shard]->send(std::move(item));
}

void endpoint::send(unsigned shard, std::vector<outgoing>& burst) {
  impl_->shards[shard]->send(burst);
}

void endpoint::stop_accepting() {
  for (auto& s : impl_->shards)
    s->stop_accepting();
}

void endpoint::close_all(std::chrono::milliseconds spread) {
  for (auto& s : impl_->shards)
    s->close_all(spread);
}

void endpoint::stop() {
  if (!std::exchange(impl_->started, false))
    return;
  for (auto& s : impl_->shards)
    s->stop();
  for (auto& s : impl_->shards)
    s->join();
}

statistics endpoint::count() const {
  statistics sum;
  for (const auto& s : impl_->shards)
    s->add_to(sum);
  return sum;
}

}  // namespace wskafka::ws
