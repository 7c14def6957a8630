#include "tools/wskafka-load/control.hpp"

#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <sys/epoll.h>
#include <utility>

namespace wskafka::load {

using nlohmann::json;

namespace {

/// How long the server may take to say goodbye.
constexpr double goodbye_s = 5;

/// Of an object's field, whatever it holds.
std::string text_of(const json& object, const char* field) {
  const json value = object.value(field, json(""));
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

control::control(const endpoint& to, double timeout)
    : to_(to),
      timeout_(timeout),
      poll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(65536),
      link_(to, *this) {}

bool control::wait_for(const bool& condition, double patience) {
  const std::int64_t deadline = now_ns() + from_seconds(patience);
  while (!condition && end_.empty()) {
    const std::int64_t left = (deadline - now_ns()) / 1'000'000;
    if (left <= 0)
      return false;
    epoll_event event{};
    if (epoll_wait(poll_.get(), &event, 1, static_cast<int>(left)) > 0)
      link_.handle(event.events, buffer_);
  }
  return condition;
}

std::string control::open() {
  link_.start(poll_.get());
  if (wait_for(open_, timeout_))
    return {};
  if (!end_.empty())
    return end_;
  if (link_.phase() == connection::state::connecting)
    return explain_connect(to_, ETIMEDOUT);
  return fmt::format(
      "no answer to the handshake within {} s: is it a WebSocket server?",
      timeout_);
}

std::string control::ask(json message, json& payload) {
  message["id"] = ++last_id_;
  answered_ = false;
  link_.send_text(message.dump());
  if (!wait_for(answered_, timeout_))
    return end_.empty() ? fmt::format("no answer within {} s to {}", timeout_,
                                      message.dump())
                        : end_;
  const json got = json::parse(answer_, nullptr, false);
  if (got.is_discarded())
    return fmt::format("the answer to {} is no JSON: {}", message.dump(),
                       answer_);
  payload = got.value("p", json());
  if (got.value("s", json(0)) == 0)
    return {};
  const std::string what =
      fmt::format("the gateway refused {} {}", message.value("t", ""),
                  message.value("a", ""));
  return payload.is_object() && payload.contains("code")
             ? fmt::format("{} with {}: {}", what, text_of(payload, "code"),
                           text_of(payload, "message"))
             : fmt::format("{}: {}", what, payload.dump());
}

void control::close() {
  const bool never = false;
  link_.close();
  wait_for(never, std::min(timeout_, goodbye_s));
}

void control::on_message(std::string_view text) {
  reply got;
  if (is_array(text) || !scan_reply(text, got) ||
      got.refid != std::to_string(last_id_))
    return;
  answer_ = text;
  answered_ = true;
}

void control::on_end(const std::string& why, bool) {
  end_ = why;
}

}  // namespace wskafka::load
