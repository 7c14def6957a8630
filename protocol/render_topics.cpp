#include "protocol/render_topics.hpp"

#include "protocol/render.hpp"

#include <algorithm>

namespace wskafka::protocol {

namespace {

// A key and a number, or null, behind a comma.
void append(std::string& out, const char* key,
            std::optional<std::int64_t> number) {
  out += ",\"";
  out += key;
  out += "\":";
  out += number ? std::to_string(*number) : "null";
}

void append(std::string& out, const char* key,
            const std::vector<std::int32_t>& numbers) {
  out += ",\"";
  out += key;
  out += "\":";
  char separator = '[';
  for (const std::int32_t number : numbers) {
    out += separator;
    out += std::to_string(number);
    separator = ',';
  }
  out += numbers.empty() ? "[]" : "]";
}

}  // namespace

void append_description(std::string& out, std::int32_t partition,
                        std::optional<std::int32_t> leader,
                        const std::vector<std::int32_t>& replicas,
                        const std::vector<std::int32_t>& in_sync) {
  out += "{\"partition\":";
  out += std::to_string(partition);
  append(out, "leader", leader);
  append(out, "replicas", replicas);
  append(out, "isr", in_sync);
  out += '}';
}

void append_offsets(std::string& out, std::string_view topic,
                    std::int32_t partition, const log_offsets& log) {
  append_topic_partition(out, topic, partition);
  out.pop_back();
  append(out, "earliest", log.earliest);
  append(out, "latest", log.latest);
  if (log.of_time) {
    append(out, "offset", log.of_time);
  }
  if (log.of_group) {
    append(out, "committed", log.committed);
    std::optional<std::int64_t> lag;
    if (log.committed) {
      lag = std::max<std::int64_t>(log.latest - *log.committed, 0);
    }
    append(out, "lag", lag);
  }
  out += '}';
}

}  // namespace wskafka::protocol
