#include "tools/wskafka-load/publisher.hpp"

#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/scan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

namespace wskafka::load {
namespace {

constexpr std::string_view before_id = R"({"id":)";
constexpr std::string_view behind_value = R"("}})";
constexpr std::string_view fence_id = "\"fence\"";

std::size_t digits_of(std::uint64_t value) {
  std::size_t count = 1;
  for (; value >= 10; value /= 10)
    ++count;
  return count;
}

char* put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

}  // namespace

publisher::publisher(loop& owner, std::uint32_t id)
    : client(owner),
      id_(id),
      frames_(owner.shared().asked.frames_per_write),
      in_flight_limit_(owner.shared().asked.what == command::publish
                           ? 0
                           : owner.shared().asked.in_flight) {
  const char* const ack = owner.shared().asked.receipts ? R"("ack":true,)" : "";
  for (const std::string& topic : owner.shared().topics)
    middles_.push_back(
        fmt::format(R"(,"t":"notif","a":"create","p":{{{}"t":{},"m":")", ack,
                    nlohmann::json(topic).dump()));
}

std::size_t publisher::size_of(std::uint64_t k) const {
  return before_id.size() + digits_of(k) +
         middles_[(id_ + k) % middles_.size()].size() + mark_size +
         owner_.shared().padding.size() + behind_value.size();
}

void publisher::append(std::string& out, std::uint64_t k, std::int64_t intended,
                       std::uint32_t lag_us) {
  const std::size_t topic = (id_ + k) % middles_.size();
  const std::size_t size = size_of(k);
  const std::uint32_t mask = owner_.random();
  char* const start = begin_frame(out, opcode::text, size, mask);
  char* to = put(start, before_id);
  to = std::to_chars(to, start + size, k).ptr;
  to = put(to, middles_[topic]);
  write_mark(
      to, {owner_.shared().run, id_, static_cast<std::uint32_t>(topic),
           static_cast<std::uint32_t>(k / middles_.size()), intended, lag_us});
  to = put(to + mark_size, owner_.shared().padding);
  put(to, behind_value);
  mask_bytes(start, size, mask);
}

void publisher::emit(std::int64_t intended) {
  const std::int64_t now = now_ns();
  const std::int64_t lag = std::max<std::int64_t>(now - intended, 0);
  const auto lag_us = static_cast<std::uint32_t>(std::min<std::int64_t>(
      lag / 1000, std::numeric_limits<std::uint32_t>::max()));
  std::string& out = owner_.scratch();
  for (std::size_t i = 0; i < frames_; ++i)
    append(out, next_++, intended, lag_us);
  interval& seen = owner_.seen();
  seen.sent += frames_;
  if (owner_.when().measured(now))
    seen.sent_measured += frames_;
  if (owner_.when().measured(intended))
    seen.lag.add(lag, frames_);
  const options& asked = owner_.shared().asked;
  if (asked.receipts)
    awaited_.insert(awaited_.end(), frames_, {intended, now, false});
  // Nothing comes back that could be timed.
  else if (asked.what == command::publish && !asked.closed_loop)
    seen.shown.add(lag, frames_);
  in_flight_ += in_flight_limit_ > 0 ? frames_ : 0;
  // First, because the connection may end while it sends.
  owner_.shared().book.sent(id_, next_);
  link_.send(out);
}

void publisher::due(std::int64_t intended) {
  if (link_.phase() != connection::state::open) {
    owner_.count().unsent += frames_;
    return;
  }
  if (owed_.empty() && link_.waiting() == 0)
    emit(intended);
  else
    owed_.push_back(intended);
}

bool publisher::free() const {
  return link_.phase() == connection::state::open && link_.waiting() == 0 &&
         (in_flight_limit_ == 0 || in_flight_ + frames_ <= in_flight_limit_);
}

void publisher::burst() {
  emit(now_ns());
}

void publisher::on_flushed() {
  while (!owed_.empty() && link_.waiting() == 0 &&
         link_.phase() == connection::state::open) {
    const std::int64_t intended = owed_.front();
    owed_.pop_front();
    emit(intended);
  }
}

void publisher::give_up_owed() {
  owner_.count().unsent += owed_.size() * frames_;
  owed_.clear();
}

void publisher::fence() {
  // Answered in order, and the shortest there is.
  link_.send_text(R"({"id":"fence","t":"topic","a":"unsubscribe"})");
}

void publisher::on_message(std::string_view text) {
  reply got;
  if (is_array(text) || !scan_reply(text, got)) {
    client::on_message(text);
    return;
  }
  if (got.refid == fence_id) {
    ++owner_.count().fenced;
    return;
  }
  std::uint64_t k = 0;
  const char* const end = got.refid.data() + got.refid.size();
  const auto read = std::from_chars(got.refid.data(), end, k);
  const bool receipt = owner_.shared().asked.receipts && got.status == "0";
  if (!(got.failed() || receipt) || got.refid.empty() || read.ptr != end) {
    client::on_message(text);
    return;
  }
  if (receipt) {
    owner_.shared().book.receipted(id_, k);
    answered(k, true);
    return;
  }
  answered(k, false);
  owner_.shared().book.failed(id_, k, std::string(unquoted(got.code)),
                              unquoted(got.persisted) == "maybe");
  completed();
}

/// A refusal is no time: what it is about was not stored.
void publisher::answered(std::uint64_t k, bool stored) {
  if (k < first_ || k - first_ >= awaited_.size())
    return;
  awaited& one = awaited_[k - first_];
  if (!std::exchange(one.answered, true) && stored) {
    const std::int64_t now = now_ns();
    interval& seen = owner_.seen();
    seen.shown.add(now - one.intended);
    if (owner_.when().measured(one.intended)) {
      seen.response.add(now - one.intended);
      seen.service.add(now - one.sent);
    }
  }
  for (; !awaited_.empty() && awaited_.front().answered; ++first_)
    awaited_.pop_front();
}

void publisher::on_end(const std::string& why, bool asked) {
  give_up_owed();
  // The last messages did not reach the socket, or not whole.
  std::size_t never_taken = link_.waiting();
  std::uint64_t messages = 0;
  while (never_taken > 0 && next_ > 0) {
    const std::size_t size = frame_size(size_of(--next_));
    never_taken -= std::min(size, never_taken);
    ++messages;
  }
  owner_.count().unsent += messages;
  owner_.shared().book.sent(id_, next_);
  client::on_end(why, asked);
}

}  // namespace wskafka::load
