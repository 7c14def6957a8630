#include "protocol/subscribe_start.hpp"

#include "protocol/refuse.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wskafka::protocol {

namespace {

constexpr const char* wanted =
    "\"earliest\", \"latest\", {\"timestamp\": milliseconds} or a list of "
    "{topic, partition, offset}";

std::optional<bad_request> read_positions(const fields& found,
                                          const envelope& head,
                                          const limits& bounds,
                                          const subscribe_request& request,
                                          subscribe_start& start) {
  if (found.subscribe.from_list.malformed()) {
    return refuse_value(head, found.subscribe.from, "p.from", wanted);
  }
  const auto& topics = request.topics;
  start.positions = found.subscribe.from_list.positions();
  std::set<std::string_view> named;
  for (const record_position& one : start.positions) {
    named.insert(one.topic);
    if (request.patterns.empty() &&
        std::find(topics.begin(), topics.end(), one.topic) == topics.end()) {
      return refuse(head, error_code::invalid_request,
                    "p.from names the topic " + quoted(one.topic) +
                        ", which is not in p.t.");
    }
  }
  if (named.size() > bounds.topics_per_request) {
    return refuse(head, error_code::invalid_request,
                  "There are more topics in p.from than the " +
                      std::to_string(bounds.topics_per_request) +
                      " that one request may name.");
  }
  if (auto twice = refuse_repeated(head, start.positions, "p.from")) {
    return twice;
  }
  start.what = subscribe_start::kind::positions;
  return std::nullopt;
}

}  // namespace

std::optional<bad_request> read_start(const fields& found, const envelope& head,
                                      const limits& bounds,
                                      subscribe_request& request) {
  const field& from = found.subscribe.from;
  if (from.what == kind::absent) {
    return std::nullopt;
  }
  subscribe_start start;
  if (from.what == kind::array) {
    if (auto wrong = read_positions(found, head, bounds, request, start)) {
      return wrong;
    }
  } else if (from.what == kind::object && !from.repeated &&
             !found.subscribe.from_time.repeated &&
             read_number(found.subscribe.from_time, start.time)) {
    start.what = subscribe_start::kind::time;
  } else if (from.what == kind::string && from.text == "earliest") {
    start.what = subscribe_start::kind::earliest;
  } else if (from.what != kind::string || from.text != "latest") {
    return refuse_value(head, from, "p.from", wanted);
  }
  if (start.what == subscribe_start::kind::positions && !request.broadcast) {
    return refuse(head, error_code::invalid_request,
                  "p.from as a list of positions goes with p.broadcast; a "
                  "consumer group goes on at its commits.");
  }
  request.start = std::move(start);
  return std::nullopt;
}

}  // namespace wskafka::protocol
