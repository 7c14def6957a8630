#include "protocol/subscribe_delivery.hpp"

#include "protocol/refuse.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace wskafka::protocol {

namespace {

using refusal = std::optional<bad_request>;

constexpr std::int64_t most_window = 1'000'000;
constexpr std::int64_t most_interval = 3'600'000;

// Not more than `most`, and 1 at least.
bool read_count(const field& value, std::int64_t most, std::int64_t& number) {
  return read_number(value, number) && number >= 1 && number <= most;
}

refusal read_flush(const subscribe_fields& found, const envelope& head,
                   subscribe_request& request) {
  constexpr const char* wanted =
      "{\"limit\": records, \"interval\": milliseconds}, one or both, whole "
      "numbers from 1 on";
  std::int64_t number = 0;
  const bool some = found.flush_limit.what != kind::absent ||
                    found.flush_interval.what != kind::absent;
  if (found.flush.what != kind::object || found.flush.repeated || !some ||
      found.flush_limit.repeated || found.flush_interval.repeated) {
    return refuse_value(head, found.flush, "p.flush", wanted);
  }
  if (found.flush_limit.what != kind::absent) {
    if (!read_count(found.flush_limit, INT64_MAX, number)) {
      return refuse_value(head, found.flush_limit, "p.flush.limit",
                          "a whole number from 1 on");
    }
    request.flush_limit = static_cast<std::size_t>(number);
  }
  if (found.flush_interval.what != kind::absent) {
    if (!read_count(found.flush_interval, most_interval, number)) {
      return refuse_value(head, found.flush_interval, "p.flush.interval",
                          "a whole number of milliseconds from 1 to 3600000");
    }
    request.flush_interval = number;
  }
  return std::nullopt;
}

refusal read_slow(const subscribe_fields& found, const envelope& head,
                  subscribe_request& request) {
  const field& slow = found.slow;
  const bool text = slow.what == kind::string;
  if (text && slow.text == "close") {
    request.slow = slow_policy::close;
  } else if (text && slow.text == "hold" && !request.broadcast) {
    request.slow = slow_policy::hold;
  } else if (text && slow.text == "drop" && request.broadcast) {
    request.slow = slow_policy::drop;
  } else {
    return refuse_value(head, slow, "p.slow",
                        request.broadcast
                            ? "\"close\" or \"drop\" with p.broadcast"
                            : "\"hold\" or \"close\" with a group");
  }
  return std::nullopt;
}

}  // namespace

std::optional<bad_request> read_delivery(const fields& all,
                                         const envelope& head,
                                         subscribe_request& request) {
  const subscribe_fields& found = all.subscribe;
  if (found.meta.what != kind::absent && found.meta.what != kind::boolean) {
    return refuse_value(head, found.meta, "p.meta", "true or false");
  }
  request.meta = found.meta.json == "true";
  if (found.events.what != kind::absent && found.events.what != kind::boolean) {
    return refuse_value(head, found.events, "p.events", "true or false");
  }
  request.events = found.events.json == "true";
  if (found.slow.what != kind::absent) {
    if (auto wrong = read_slow(found, head, request)) {
      return wrong;
    }
  }
  for (const auto& [key, value] : {std::pair{"p.commit", &found.commit},
                                   std::pair{"p.window", &found.window},
                                   std::pair{"p.flush", &found.flush}}) {
    if (value->what != kind::absent && request.broadcast) {
      return refuse(head, error_code::invalid_request,
                    std::string(key) + " goes without p.broadcast.");
    }
  }
  const field& commit = found.commit;
  if (commit.what != kind::absent) {
    request.ack = commit.what == kind::string && commit.text == "ack";
    if (!request.ack &&
        (commit.what != kind::string || commit.text != "sent")) {
      return refuse_value(head, commit, "p.commit", "\"sent\" or \"ack\"");
    }
    request.meta = request.meta || request.ack;
  }
  if (found.window.what != kind::absent) {
    std::int64_t number = 0;
    if (!read_count(found.window, most_window, number)) {
      return refuse_value(head, found.window, "p.window",
                          "a whole number from 1 to 1000000");
    }
    request.window = static_cast<std::size_t>(number);
  }
  if (found.flush.what != kind::absent) {
    return read_flush(found, head, request);
  }
  return std::nullopt;
}

}  // namespace wskafka::protocol
