#pragma once

#include "net/ws/peer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wskafka::test {

/// A peer with a socket and a shard that are made up, and a clock that stands
/// still until it is told to go on.
class fake_shard final : public ws::peer_host, public ws::wire {
 public:
  /// Another nonce than that of the other tests' one peer.
  fake_shard(ws::peer_settings settings, std::uint64_t nonce)
      : fake_shard(settings, {1'000'000, 2'000, 1'000},
                   {1'000'000, 2'000, 1'000}, nonce) {}

  explicit fake_shard(ws::peer_settings settings,
                      net::budget inward = {1'000'000, 2'000, 1'000},
                      net::budget outward = {1'000'000, 2'000, 1'000},
                      std::uint64_t nonce = 42)
      : book(inward, outward), account(book.open()), options(settings) {
    peer.emplace(ws::connection_ref{1, 0, 0}, account, *this, *this, options,
                 nonce);
  }

  static ws::peer_settings settings() {
    using std::chrono::milliseconds;
    ws::peer_settings s;
    s.ping_interval = milliseconds(20'000);
    s.confirm_interval = milliseconds(500);
    s.message_timeout = milliseconds(30'000);
    s.publish_stall = milliseconds(5'000);
    s.slow_timeout = milliseconds(30'000);
    s.max_pings_per_second = 5;
    return s;
  }

  // peer_host
  ws::clock::time_point now() override { return time; }
  void emit(ws::event e) override { events.push_back(std::move(e)); }
  void flush_later(ws::peer&) override { flush_asked = true; }
  void wake_at(ws::peer&, ws::clock::time_point when) override {
    if (!wake || when < *wake)
      wake = when;
  }
  std::function<void()> resumer(const ws::peer&) override {
    return [this] { ++resumes_asked; };
  }
  ws::counters& numbers() override { return counted; }

  // wire
  bool write(ws::frame_batch&& batch) override {
    if (broken) {
      peer->released(batch);
      return false;
    }
    out += batch.header + batch.bytes;
    writes.push_back(std::move(batch));
    return true;
  }
  std::size_t write_now(const ws::shared_frame& frame) override {
    const std::size_t taken = broken ? 0 : std::min(frame.size(), takes_now);
    if (taken > 0)
      sent_now.emplace_back(frame.payload().substr(0, taken));
    return taken;
  }
  bool write(const ws::shared_frame_ptr& frame, std::size_t taken) override {
    if (broken) {
      peer->share_released(frame->size());
      return false;
    }
    if (full)
      throw std::bad_alloc();
    shared.push_back(frame);
    sent_before = taken;
    return true;
  }
  void flush() override {
    ++flushes;
    while (takes_at_once && !writes.empty()) {
      const ws::frame_batch batch = std::move(writes.front());
      writes.pop_front();
      peer->released(batch);
    }
    while (takes_at_once && !shared.empty()) {
      const std::size_t size = shared.front()->size();
      shared.pop_front();
      peer->share_released(size);
    }
  }
  void end(std::uint16_t code, std::string_view) override { ended = code; }
  void drop() override {
    dropped = true;
    if (peer)
      peer->gone(ws::close_reason::lost, 1006);
  }
  void pause() override { reading = false; }
  void resume() override { reading = true; }
  std::uint64_t taken() override { return taken_bytes; }

  /// The loop's turn ends, and what it left to do is done.
  void turn() {
    while (std::exchange(flush_asked, false))
      peer->flush();
    for (; resumes_asked > 0; --resumes_asked)
      peer->resume();
  }

  /// Time goes on, deadline by deadline.
  void pass(std::chrono::milliseconds span) {
    const auto end = time + span;
    turn();
    while (wake && *wake <= end) {
      time = std::max(time + std::chrono::milliseconds(1), *wake);
      if (time > end)
        break;
      wake.reset();
      peer->tick();
      turn();
    }
    time = end;
  }

  /// The socket is done with the oldest batch.
  void write_done() {
    ws::frame_batch batch = std::move(writes.front());
    writes.pop_front();
    peer->released(batch);
    batch = ws::frame_batch();
    turn();
  }
  /// The socket is done with the oldest shared frame.
  void share_done() {
    const std::size_t size = shared.front()->size();
    shared.pop_front();
    peer->share_released(size);
    turn();
  }
  void all_written() {
    while (!writes.empty())
      write_done();
  }

  void send(std::string payload, std::uint64_t confirm = 0, bool tell = false) {
    ws::text t;
    t.held = net::charge(account, net::direction::out, payload.size());
    t.payload = std::move(payload);
    t.confirm = confirm;
    t.tell_written = tell;
    peer->send(std::move(t));
  }

  /// The payloads of frames of this opcode that were written so far.
  std::vector<std::string> sent(ws::opcode op) const {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < out.size();) {
      const int code = out[at] & 0x0f;
      std::size_t size = static_cast<unsigned char>(out[at + 1]);
      std::size_t head = 2;
      if (size == 126) {
        size = static_cast<std::size_t>(
            static_cast<unsigned char>(out[at + 2]) << 8 |
            static_cast<unsigned char>(out[at + 3]));
        head = 4;
      }
      if (code == static_cast<int>(op))
        found.push_back(out.substr(at + head, size));
      at += head + size;
    }
    return found;
  }

  template <class T>
  std::vector<T> told() const {
    std::vector<T> found;
    for (const ws::event& e : events) {
      if constexpr (!std::is_same_v<T, ws::received>) {
        if (const auto* t = std::get_if<T>(&e))
          found.push_back(*t);
      }
    }
    return found;
  }

  net::ledger book;
  std::shared_ptr<net::account> account;
  const ws::peer_settings options;
  ws::counters counted;
  ws::clock::time_point time{std::chrono::seconds(1000)};
  std::optional<ws::clock::time_point> wake;
  std::vector<ws::event> events;
  std::deque<ws::frame_batch> writes;
  std::deque<ws::shared_frame_ptr> shared;
  std::string out;
  std::optional<std::uint16_t> ended;
  std::uint64_t taken_bytes = 100;
  int resumes_asked = 0;
  int flushes = 0;
  bool takes_at_once = false;
  /// Bytes of a shared frame that are taken before it is queued, what was taken
  /// so of each that was tried, and of the one queued last.
  std::size_t takes_now = 0;
  std::vector<std::string> sent_now;
  std::size_t sent_before = 0;
  bool flush_asked = false;
  bool dropped = false;
  bool reading = true;
  bool broken = false;
  /// No memory for a shared frame.
  bool full = false;
  std::optional<ws::peer> peer;
};

}  // namespace wskafka::test
