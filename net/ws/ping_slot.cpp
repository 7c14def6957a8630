#include "net/ws/ping_slot.hpp"

#include <charconv>

namespace wskafka::ws {
namespace {

/// Fixed-width hexadecimal: readable in a trace, and safe with clients that
/// take a payload for text.
constexpr std::size_t digits = 16;

void append_number(std::string& to, std::uint64_t value) {
  char text[digits];
  const auto end = std::to_chars(text, text + digits, value, 16).ptr;
  to.append(digits - static_cast<std::size_t>(end - text), '0');
  to.append(text, end);
}

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, 16);
  if (result.ec != std::errc() || result.ptr != end)
    return std::nullopt;
  return value;
}

}  // namespace

void ping_slot::sent(std::uint64_t sequence, clock::time_point now) {
  if (!uncovered())
    uncovered_since_ = now;
  sent_ = sequence;
}

std::string ping_slot::ping(clock::time_point now) {
  std::string payload;
  append_number(payload, nonce_);
  append_number(payload, sent_);
  covered_ = sent_;
  latest_ = now;
  if (!waiting_)
    oldest_ = now;
  waiting_ = true;
  return payload;
}

std::optional<ping_slot::answer> ping_slot::pong(std::string_view payload) {
  if (!waiting_ || payload.size() != 2 * digits)
    return std::nullopt;
  const auto nonce = read_number(payload.substr(0, digits));
  const auto sequence = read_number(payload.substr(digits));
  if (!nonce || !sequence || *nonce != nonce_ || *sequence > covered_ ||
      *sequence < confirmed_)
    return std::nullopt;
  answer result;
  if (*sequence > confirmed_)
    result.confirmed = confirmed_ = *sequence;
  if (*sequence == covered_)
    waiting_ = false;
  else
    oldest_ = latest_;
  return result;
}

void ping_slot::restart(clock::time_point now) {
  oldest_ = now;
  latest_ = now;
}

}  // namespace wskafka::ws
