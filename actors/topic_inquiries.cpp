#include "actors/topic_inquiries.hpp"

#include "actors/replies.hpp"
#include "protocol/render.hpp"
#include "protocol/render_topics.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <string>
#include <utility>

namespace wskafka {

using std::chrono::milliseconds;

/// Its reply can be much larger than the request: who does not take replies
/// gets no more of these.
void topic_inquiries::ask(inquire_topics question, time_point now,
                          std::function<void(answer)> take) {
  if (question.from.account->over(net::direction::out)) {
    fail(question, replies_untaken());
    return;
  }
  const std::uint64_t number = ++numbers_;
  const control_request& asked =
      waiting_.emplace(number, std::move(question)).first->second.asked;
  const auto timeout =
      std::max(std::chrono::duration_cast<milliseconds>(asked.deadline - now),
               milliseconds(0));
  if (asked.what == control_request::kind::offsets)
    shared_.kafka.offsets(
        {asked.topics, asked.at, asked.group}, timeout,
        [number, take](kafka::result<kafka::topic_offsets> found) {
          take({number, std::move(found)});
        });
  else
    shared_.kafka.describe(
        asked.topics, timeout,
        [number, take](kafka::result<kafka::topic_descriptions> found) {
          take({number, std::move(found)});
        });
}

void topic_inquiries::finish(const answer& told) {
  const auto waiting = waiting_.extract(told.number);
  if (waiting.empty())
    return;
  std::visit(
      [&](const auto& found) {
        if (found)
          succeed(waiting.mapped(), *found.value);
        else
          fail(waiting.mapped(), to_protocol(found.error));
      },
      told.found);
}

void topic_inquiries::succeed(const inquire_topics& to,
                              const kafka::topic_descriptions& all) {
  if (refuse_missing(to, all.missing))
    return;
  std::string p = "[";
  for (const kafka::topic_description& topic : all.topics) {
    if (p.size() > 1)
      p += ',';
    p += "{\"topic\":";
    protocol::append_string(p, topic.topic);
    p += ",\"partitions\":[";
    for (const kafka::partition_description& one : topic.partitions) {
      if (p.back() != '[')
        p += ',';
      protocol::append_description(p, one.partition, one.leader, one.replicas,
                                   one.in_sync);
    }
    p += "]}";
  }
  p += ']';
  reply_success(shared_.sockets, to.from, to.asked.head.view(), p);
}

void topic_inquiries::succeed(const inquire_topics& to,
                              const kafka::topic_offsets& all) {
  if (refuse_missing(to, all.missing))
    return;
  std::string p = "[";
  for (const kafka::partition_offsets& one : all.partitions) {
    if (p.size() > 1)
      p += ',';
    protocol::append_offsets(p, one.at.topic, one.at.partition,
                             {one.earliest, one.latest, one.of_time,
                              !to.asked.group.empty(), one.committed});
  }
  p += ']';
  reply_success(shared_.sockets, to.from, to.asked.head.view(), p);
}

/// All of them are named, as by a subscribe.
bool topic_inquiries::refuse_missing(const inquire_topics& to,
                                     const std::vector<std::string>& missing) {
  if (missing.empty())
    return false;
  protocol::failure why{"UNKNOWN_TOPIC_OR_PARTITION",
                        "Topic \"" + missing.front() + "\" does not exist.",
                        true};
  why.topics = missing;
  fail(to, why);
  return true;
}

void topic_inquiries::fail(const inquire_topics& to,
                           const protocol::failure& why) {
  ++shared_.count.failures;
  reply_failure(shared_.sockets, to.from, to.asked.head.view(), why);
}

std::size_t topic_inquiries::bytes() const {
  return std::accumulate(waiting_.begin(), waiting_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& each) {
                           const auto& held = each.second.asked.held;
                           return sum + (held ? held->bytes() : 0);
                         });
}

void topic_inquiries::fail_all(const protocol::failure& why) {
  for (const auto& [number, question] : std::exchange(waiting_, {}))
    fail(question, why);
}

}  // namespace wskafka
