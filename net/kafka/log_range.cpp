#include "net/kafka/log_range.hpp"

#include "net/kafka/offset_lookup.hpp"

#include <string>
#include <utility>

namespace wskafka::kafka {
namespace {

std::string what(const topic_partition& at) {
  return "cannot find where topic \"" + at.topic + "\" partition " +
         std::to_string(at.partition) + " begins and ends";
}

}  // namespace

std::vector<log_range> find_ranges(
    rd_kafka_t* client, const std::vector<topic_partition>& of,
    std::optional<std::int64_t> time,
    std::chrono::steady_clock::time_point deadline) {
  offset_lookup first;
  offset_lookup end;
  offset_lookup timed;
  for (const topic_partition& at : of) {
    first.add(at, at_first_record);
    end.add(at, at_end);
    timed.add(at, time.value_or(at_first_record));
  }
  // The end last: nothing found lies behind it.
  if (first.ask(client, deadline) && (!time || timed.ask(client, deadline)))
    end.ask(client, deadline);
  std::vector<log_range> ranges;
  for (const topic_partition& at : of) {
    const auto from = first.find(at, what(at));
    const auto to = end.find(at, what(at));
    const auto then =
        time ? timed.find(at, what(at), to.value.value_or(0)) : from;
    log_range range{at, from.value.value_or(0), to.value.value_or(0),
                    then.value.value_or(0), std::nullopt};
    for (const auto* answer : {&from, &to, &then})
      if (!*answer && !range.error)
        range.error = answer->error;
    ranges.push_back(std::move(range));
  }
  return ranges;
}

}  // namespace wskafka::kafka
