#include "tools/wskafka-load/setup.hpp"

#include "tools/wskafka-load/control.hpp"
#include "tools/wskafka-load/payload.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>
#include <map>
#include <random>
#include <sys/resource.h>

namespace wskafka::load {
namespace {

using nlohmann::json;

/// As many as a request may name.
constexpr std::size_t topics_a_request = 100;

/// Raises our limit to the hard one; empty if that is enough.
std::string allow_descriptors(std::size_t needed) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= needed)
    return {};
  return fmt::format(
      "this needs {} file descriptors and the limit is {}: raise it first with "
      "'ulimit -n {}' (as root, if it is a hard limit), or ask for fewer "
      "connections",
      needed, limit.rlim_cur, needed);
}

/// The names given, or made up from `stem`.
std::vector<std::string> name_all(const names& asked, const std::string& stem) {
  if (!asked.given.empty())
    return asked.given;
  std::vector<std::string> made;
  for (std::size_t i = 0; i < asked.count; ++i)
    made.push_back(fmt::format("{}{}", stem, i));
  return made;
}

std::string create_topics(control& talk, const std::vector<std::string>& all) {
  json ignored;
  for (const auto& topics : by_request(all)) {
    std::string error =
        talk.ask({{"t", "topic"}, {"a", "create"}, {"p", topics}}, ignored);
    if (!error.empty())
      return error;
  }
  return {};
}

std::string why_no_order(const std::vector<topic_info>& topics) {
  for (const topic_info& topic : topics) {
    if (topic.partitions == 0)
      return fmt::format(
          "not checked: the gateway does not tell how many partitions {} has "
          "(--partitions N does)",
          topic.name);
    if (topic.partitions > 1)
      return fmt::format(
          "not checked: {} partitions, and a delivery names its own only with "
          "--commit ack",
          topic.partitions);
  }
  return {};
}

/// Asks for the partitions; a gateway that cannot tell leaves them at 0.
void count_partitions(control& talk, int given, result& into) {
  // A list that nobody needs may keep us waiting, where Kafka is down.
  if (into.topics.empty())
    return;
  json list;
  std::map<std::string, int> count;
  if (given == 0 && talk.ask({{"t", "topic"}, {"a", "list"}}, list).empty() &&
      list.is_array())
    for (const json& entry : list)
      if (entry.is_object() && entry.contains("topic") &&
          entry["topic"].is_string())
        ++count[entry["topic"].get<std::string>()];
  for (topic_info& topic : into.topics)
    topic.partitions = given > 0 ? given : count[topic.name];
  // An acknowledged delivery names its own partition.
  if (!into.asked.acks())
    into.order_not_checked = why_no_order(into.topics);
}

}  // namespace

std::size_t connection_count(const options& asked) {
  if (asked.what == command::connect)
    return asked.connections;
  const std::size_t groups = asked.groups.given.empty()
                                 ? asked.groups.count
                                 : asked.groups.given.size();
  return asked.stalled + (asked.publishes() ? asked.connections : 0) +
         (asked.subscribes() ? asked.subscribers * groups : 0);
}

void ask_partitions(const endpoint& to, const options& asked, result& into) {
  const bool known =
      std::all_of(into.topics.begin(), into.topics.end(),
                  [](const topic_info& topic) { return topic.partitions > 0; });
  control talk(to, asked.timeout);
  if (known || !talk.open().empty())
    return;
  count_partitions(talk, asked.partitions, into);
  talk.close();
}

std::vector<std::vector<std::string>> by_request(
    const std::vector<std::string>& topics) {
  std::vector<std::vector<std::string>> parts;
  for (const std::string& topic : topics) {
    if (parts.empty() || parts.back().size() == topics_a_request)
      parts.emplace_back();
    parts.back().push_back(topic);
  }
  return parts;
}

std::string padding(std::size_t size, std::uint64_t seed) {
  constexpr char letters[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::mt19937_64 random(seed);
  std::string text(size, ' ');
  for (char& one : text)
    one = letters[random() % (sizeof letters - 1)];
  return text;
}

std::string prepare(const options& asked, progress& display, result& into,
                    setup& made) {
  made.run = new_run();
  into.asked = asked;
  into.run = fmt::format("{:016x}", made.run);
  into.started =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  const std::size_t needed = connection_count(asked) + 3 * asked.threads + 16;
  if (std::string error = allow_descriptors(needed); !error.empty())
    return error;
  if (std::string error = resolve(asked.url, made.to); !error.empty())
    return error;

  control talk(made.to, asked.timeout);
  if (std::string error = talk.open(); !error.empty())
    return error;
  const std::string suffix = into.run.substr(8);
  if (asked.publishes() || asked.subscribes()) {
    made.topics = name_all(asked.topics, fmt::format("load-{}-", suffix));
    for (const std::string& name : made.topics)
      into.topics.push_back({name, 0});
    display.say(fmt::format("topics: {}", fmt::join(made.topics, ", ")));
  }
  if (asked.subscribes()) {
    into.groups = name_all(
        asked.groups,
        fmt::format("load-{}-{}", suffix, asked.broadcast ? 'c' : 'g'));
    display.say(asked.broadcast
                    ? fmt::format("clients: {}", into.groups.size())
                    : fmt::format("groups: {}", fmt::join(into.groups, ", ")));
  }
  if (asked.publishes())
    if (std::string error = create_topics(talk, made.topics); !error.empty())
      return error;
  count_partitions(talk, asked.partitions, into);

  if (asked.server_pid > 0)
    made.server_pids = {asked.server_pid};
  else if (talk.same_machine())
    made.server_pids = listeners(made.to.port);
  if (!read_usage(made.server_pids)) {
    into.server_unknown =
        asked.server_pid > 0
            ? fmt::format("there is no process {}", asked.server_pid)
        : talk.same_machine()
            ? "its process is not ours to see; --server-pid names it"
            : "it runs on another machine";
    made.server_pids.clear();
  }
  talk.close();
  return {};
}

}  // namespace wskafka::load
