#include "tools/wskafka-load/acks.hpp"

#include "tools/wskafka-load/scan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wskafka::load {

bool acks::take(std::string_view meta) {
  record_place at;
  if (!scan_place(meta, at))
    return false;
  auto known = std::find_if(last_.begin(), last_.end(), [&](const place& one) {
    return one.partition == at.partition && one.topic == at.topic;
  });
  if (known == last_.end())
    known = last_.insert(
        known, {std::string(at.topic), std::string(at.partition), {}});
  known->offset = at.offset;
  return true;
}

std::string acks::message() {
  std::string text = R"({"t":"notif","a":"ack","p":[)";
  for (const place& one : last_)
    text += fmt::format(R"({}{{"topic":{},"partition":{},"offset":{}}})",
                        &one == last_.data() ? "" : ",", one.topic,
                        one.partition, one.offset);
  last_.clear();
  return text + "]}";
}

}  // namespace wskafka::load
