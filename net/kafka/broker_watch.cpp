#include "net/kafka/broker_watch.hpp"

#include <utility>

namespace wskafka::kafka {

broker_watch::broker_watch(std::string name, edge_listener& events)
    : name_(std::move(name)), events_(events) {}

void broker_watch::answered() {
  if (!up())
    change(state::up, {});
}

void broker_watch::unreachable(std::string why) {
  change(state::down, std::move(why));
}

void broker_watch::note(std::string why) {
  std::lock_guard<std::mutex> guard(mutex_);
  last_error_ = std::move(why);
}

void broker_watch::change(state to, std::string why) {
  std::lock_guard<std::mutex> calls(calls_mutex_);
  if (!why.empty())
    note(std::move(why));
  if (state_.exchange(to) == to || closed_)
    return;
  events_.on_broker_state(describe());
}

broker_state broker_watch::describe() const {
  std::lock_guard<std::mutex> guard(mutex_);
  return {up(), name_, last_error_, handles_.load()};
}

void broker_watch::log(rd_kafka_event_t* event) {
  const char* facility = nullptr;
  const char* text = nullptr;
  int level = 0;
  if (rd_kafka_event_log(event, &facility, &text, &level) != 0)
    return;
  std::string line = std::string(facility) + ": " + text;
  std::lock_guard<std::mutex> calls(calls_mutex_);
  if (closed_)
    return;
  const auto now = std::chrono::steady_clock::now();
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    lines_ = 0;
  }
  if (++lines_ > lines_per_second) {
    ++left_out_;
    return;
  }
  if (left_out_ > 0)
    line += " (" + std::to_string(std::exchange(left_out_, 0)) +
            " lines before it were left out)";
  events_.on_log(level, line);
}

void broker_watch::close() {
  std::lock_guard<std::mutex> calls(calls_mutex_);
  closed_ = true;
}

}  // namespace wskafka::kafka
