#include "test/bench/roof/kafka.hpp"
#include "test/bench/roof/roofs.hpp"
#include "test/bench/roof/times.hpp"
#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/connection.hpp"
#include "tools/wskafka-load/payload.hpp"
#include "tools/wskafka-load/process_usage.hpp"

#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <vector>

namespace wskafka::roof {
namespace {

using load::now_ns;

/// One client of any WebSocket server: says what it was told to say and finds
/// the load tool's marks in whatever comes.
class listener : private load::connection_listener {
 public:
  explicit listener(const listen_options& asked)
      : asked_(asked), poll_(epoll_create1(EPOLL_CLOEXEC)), link_(to_, *this) {
    if (const std::string why = load::resolve(asked.url, to_); !why.empty())
      throw std::runtime_error(why);
    servers_ = load::listeners(to_.port);
  }

  json run() {
    std::vector<char> buffer(std::size_t{256} * 1024);
    link_.start(poll_.get());
    last_ = now_ns();
    while (seen_ < asked_.count && end_.empty()) {
      if (seen_ == 0)
        look();
      epoll_event event{};
      if (epoll_wait(poll_.get(), &event, 1, 20) > 0)
        link_.handle(event.events, buffer);
      if (now_ns() - last_ > load::from_seconds(asked_.patience))
        end_ = "nothing came any more";
    }
    if (seen_ < asked_.count)
      throw std::runtime_error("of " + std::to_string(asked_.count) +
                               " records " + std::to_string(seen_) +
                               " came: " + end_);
    const auto after = load::read_usage(servers_);
    if (!before_ || !after)
      throw std::runtime_error("the server's process is not to be seen");
    const auto count = static_cast<double>(seen_);
    return {
        {"delivered", seen_},
        {"cpu_us_per_message", (after->cpu_s - before_->cpu_s) * 1e6 / count},
        {"rate", count / load::to_seconds(last_ - since_)},
        {"rss", after->rss_kib},
        {"busy",
         (own_cpu_s() - own_before_) / load::to_seconds(now_ns() - since_)},
        {"latency_us", times_json(times_)}};
  }

 private:
  /// Before the first record.
  void look() {
    before_ = load::read_usage(servers_);
    own_before_ = own_cpu_s();
    since_ = now_ns();
  }

  void on_open() override {
    for (const std::string& text : asked_.say)
      link_.send_text(text);
  }

  void on_message(std::string_view text) override {
    if (!ready_ && text.find(asked_.ready) != std::string_view::npos) {
      ready_ = true;
      std::cerr << "ready" << std::endl;
    }
    if (text == "{}")  // Centrifugo's ping, and its pong
      link_.send_text(text);
    const std::int64_t now = now_ns();
    for (auto at = text.find("WL"); at != std::string_view::npos;
         at = text.find("WL", at)) {
      load::mark one;
      if (!load::read_mark(text.substr(at), one)) {
        at += 2;
        continue;
      }
      at += load::mark_size;
      ++seen_;
      last_ = now;
      times_.add(now - one.intended);
    }
  }

  void on_flushed() override {}
  void on_end(const std::string& why, bool) override { end_ = why; }

  const listen_options& asked_;
  load::descriptor poll_;
  load::endpoint to_;
  load::connection link_;
  std::vector<int> servers_;
  std::optional<load::process_usage> before_;
  double own_before_ = 0;
  std::int64_t since_ = 0;
  std::int64_t last_ = 0;
  std::uint64_t seen_ = 0;
  bool ready_ = false;
  load::histogram times_;
  std::string end_;
};

}  // namespace

json listen(const listen_options& asked) {
  return listener(asked).run();
}

}  // namespace wskafka::roof
