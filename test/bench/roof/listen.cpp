#include "test/bench/roof/kafka.hpp"
#include "test/bench/roof/roofs.hpp"
#include "test/bench/roof/times.hpp"
#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/connection.hpp"
#include "tools/wskafka-load/payload.hpp"
#include "tools/wskafka-load/process_usage.hpp"

#include <array>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <vector>

namespace wskafka::roof {
namespace {

using load::now_ns;

/// Finds the load tool's marks in whatever comes, for all clients.
class tally {
 public:
  void read(std::string_view text) {
    const std::int64_t now = now_ns();
    for (auto at = text.find("WL"); at != std::string_view::npos;
         at = text.find("WL", at)) {
      load::mark one;
      if (!load::read_mark(text.substr(at), one)) {
        at += 2;
        continue;
      }
      at += load::mark_size;
      ++seen;
      last = now;
      times.add(now - one.intended);
    }
  }

  std::uint64_t seen = 0;
  std::int64_t last = now_ns();
  load::histogram times;
  /// Why the first client ended that did.
  std::string end;
};

/// One client of any WebSocket server: says what it was told to say.
class client : private load::connection_listener {
 public:
  client(const listen_options& asked, const load::endpoint& to, tally& all)
      : asked_(asked), all_(all), link_(to, *this) {}

  void start(int poll) { link_.start(poll); }
  bool ready() const { return ready_; }

 private:
  void on_open() override {
    for (const std::string& text : asked_.say)
      link_.send_text(text);
  }

  void on_message(std::string_view text) override {
    if (!ready_)
      ready_ = text.find(asked_.ready) != std::string_view::npos;
    if (text == "{}")  // Centrifugo's ping, and its pong
      link_.send_text(text);
    all_.read(text);
  }

  void on_flushed() override {}
  void on_end(const std::string& why, bool) override { all_.end = why; }

  const listen_options& asked_;
  tally& all_;
  load::connection link_;
  bool ready_ = false;
};

/// The clients on one thread, and the server's CPU while they listen.
class audience {
 public:
  explicit audience(const listen_options& asked)
      : asked_(asked), poll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (const std::string why = load::resolve(asked.url, to_); !why.empty())
      throw std::runtime_error(why);
    servers_ = load::listeners(to_.port);
  }

  json run() {
    seat_all();
    std::cerr << "ready" << std::endl;
    all_.last = now_ns();
    while (all_.seen < asked_.count && all_.end.empty()) {
      if (all_.seen == 0)
        look();
      turn();
    }
    if (all_.seen < asked_.count)
      throw std::runtime_error("of " + std::to_string(asked_.count) +
                               " records " + std::to_string(all_.seen) +
                               " came: " + all_.end);
    return found();
  }

 private:
  /// One after the other, so that no server has a full door.
  void seat_all() {
    for (std::size_t i = 0; i < asked_.clients; ++i) {
      clients_.push_back(std::make_unique<client>(asked_, to_, all_));
      clients_.back()->start(poll_.get());
      while (!clients_.back()->ready() && all_.end.empty())
        turn();
    }
    if (!all_.end.empty())
      throw std::runtime_error("a client ended: " + all_.end);
  }

  /// What has come, or a look at the clock.
  void turn() {
    const int count = epoll_wait(poll_.get(), events_.data(),
                                 static_cast<int>(events_.size()), 20);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events_[static_cast<std::size_t>(i)];
      static_cast<load::connection*>(event.data.ptr)
          ->handle(event.events, buffer_);
    }
    if (now_ns() - all_.last > load::from_seconds(asked_.patience))
      all_.end = "nothing came any more";
  }

  /// Before the first record.
  void look() {
    before_ = load::read_usage(servers_);
    own_before_ = own_cpu_s();
    since_ = now_ns();
  }

  json found() {
    const auto after = load::read_usage(servers_);
    if (!before_ || !after)
      throw std::runtime_error("the server's process is not to be seen");
    const auto count = static_cast<double>(all_.seen);
    return {
        {"delivered", all_.seen},
        {"cpu_us_per_message", (after->cpu_s - before_->cpu_s) * 1e6 / count},
        {"rate", count / load::to_seconds(all_.last - since_)},
        {"rss", after->rss_kib},
        {"busy",
         (own_cpu_s() - own_before_) / load::to_seconds(now_ns() - since_)},
        {"latency_us", times_json(all_.times)}};
  }

  const listen_options& asked_;
  load::descriptor poll_;
  load::endpoint to_;
  std::vector<int> servers_;
  tally all_;
  std::vector<std::unique_ptr<client>> clients_;
  std::array<epoll_event, 256> events_{};
  std::vector<char> buffer_ = std::vector<char>(std::size_t{256} * 1024);
  std::optional<load::process_usage> before_;
  double own_before_ = 0;
  std::int64_t since_ = 0;
};

}  // namespace

json listen(const listen_options& asked) {
  return audience(asked).run();
}

}  // namespace wskafka::roof
