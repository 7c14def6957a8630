#include "actors/topics.hpp"

#include "actors/describe.hpp"
#include "actors/replies.hpp"
#include "protocol/render.hpp"
#include "protocol/topic_name.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace wskafka {

/// Where the Kafka edge's workers leave results.
struct topics::result_inbox {
  explicit result_inbox(topics_actor owner)
      : inbox([owner] { caf::anon_send(owner, inbox_ready{}); }) {}
  net::inbox<inbox_item> inbox;
};

topics::topics(caf::actor_config& config, environment& shared)
    : topics_actor::base(config), shared_(shared), inquiries_(shared) {}

topics_actor::behavior_type topics::make_behavior() {
  results_ = std::make_shared<result_inbox>(topics_actor{this});
  return {
      [this](const create_topics& request) {
        guarded([&] { on_create(request); });
      },
      [this](const remove_topics& request) {
        guarded([&] { on_remove(request); });
      },
      [this](const check_topics& request) {
        guarded([&] { on_check(request); });
      },
      [this](list_topics& request) { guarded([&] { on_list(request); }); },
      [this](list_due) { guarded([&] { on_list_due(); }); },
      [this](inquire_topics& request) {
        guarded([&] { on_inquire(request); });
      },
      [this](inbox_ready) { guarded([&] { on_inbox(); }); },
      [this](const begin_stop& order) { on_begin_stop(order); },
      [this](const describe& query) { on_describe(query); },
      [this](retire) { quit(); },
  };
}

void topics::on_exit() {
  results_->inbox.close();
  questions_.clear();
  listing_.clear();
  inquiries_.clear();
}

// -- questions

void topics::on_create(const create_topics& request) {
  const std::uint64_t number =
      ask(request.request, request.reply_to, request.topics);
  create(number, request.topics, request.timeout, request.shapes.get());
}

void topics::on_remove(const remove_topics& request) {
  const std::uint64_t number =
      ask(request.request, request.reply_to, request.topics);
  shared_.kafka.remove(
      request.topics, request.timeout,
      [to = results_, number](std::vector<kafka::create_outcome> outcomes) {
        to->inbox.push(removed{number, std::move(outcomes)});
      });
}

void topics::on_inquire(inquire_topics& request) {
  asking_.add(1, now());
  inquiries_.ask(std::move(request), now(),
                 [to = results_](topic_inquiries::answer told) {
                   to->inbox.push(std::move(told));
                 });
}

void topics::on_check(const check_topics& request) {
  const std::uint64_t number =
      ask(request.request, request.reply_to, request.topics);
  const auto table = shared_.kafka.topics();
  std::vector<std::string> missing;
  for (const std::string& topic : request.topics) {
    if (table->partitions.count(topic) > 0)
      settle(number, {topic, std::nullopt});
    else
      missing.push_back(topic);
  }
  if (missing.empty())
    return;
  // Before the first list nothing is known to be missing.
  if (shared_.options.kafka.auto_create_topics && table->version > 0) {
    create(number, missing, request.timeout);
    return;
  }
  questions_[number].timeout = request.timeout;
  // It may be newer than our list.
  for (std::string& topic : missing)
    checking_.emplace_back(number, std::move(topic));
  refresh();
}

/// Its reply can be much larger than the request: who does not take replies
/// gets no more of these.
void topics::on_list(list_topics& request) {
  if (request.from.account->over(net::direction::out)) {
    ++shared_.count.failures;
    reply_failure(shared_.sockets, request.from, request.head.view(),
                  replies_untaken());
    return;
  }
  asking_.add(1, now());
  listing_.push_back(std::move(request));
  arm_list_due();
  refresh();
}

void topics::arm_list_due() {
  time_point next = time_point::max();
  for (const list_topics& request : listing_)
    next = std::min(next, request.deadline);
  // One that waited for a create can be due before those that came earlier.
  if (next >= list_due_at_)
    return;
  list_due_at_ = next;
  delayed_send(this, std::max(next - now(), time_point::duration::zero()),
               list_due{});
}

void topics::on_list_due() {
  const time_point due = now();
  if (due < list_due_at_)
    return;  // An earlier one did what this was armed for.
  list_due_at_ = time_point::max();
  for (list_topics& request : std::exchange(listing_, {})) {
    if (request.deadline > due) {
      listing_.push_back(std::move(request));
      continue;
    }
    ++shared_.count.failures;
    reply_failure(shared_.sockets, request.from, request.head.view(),
                  {protocol::error_code::timeout,
                   "The list of topics did not come in time."});
  }
  arm_list_due();
}

std::uint64_t topics::ask(std::uint64_t request, topic_client from,
                          std::vector<std::string> names) {
  asking_.add(1, now());
  const std::uint64_t number = ++question_numbers_;
  questions_[number] = {request, std::move(from), std::move(names), {}, {}};
  return number;
}

/// One call for those that nobody is creating at the moment.
void topics::create(std::uint64_t number, const std::vector<std::string>& names,
                    std::chrono::milliseconds timeout,
                    const topic_shapes* shapes) {
  std::vector<kafka::new_topic> fresh;
  for (const std::string& topic : names) {
    kafka::new_topic wanted{topic, {}};
    if (shapes != nullptr && shapes->count(topic) > 0)
      wanted.shape = shapes->at(topic);
    auto& waiting = creating_[{topic, wanted.shape}];
    if (waiting.empty())
      fresh.push_back(std::move(wanted));
    waiting.push_back(number);
  }
  if (fresh.empty())
    return;
  shared_.kafka.create(
      fresh, timeout,
      [to = results_, fresh](std::vector<kafka::create_outcome> outcomes) {
        to->inbox.push(created{fresh, std::move(outcomes)});
      });
}

void topics::refresh() {
  if (std::exchange(refreshing_, true))
    return;
  shared_.kafka.refresh(
      shared_.options.kafka.request_timeout,
      [to = results_](
          kafka::result<std::shared_ptr<const kafka::topic_table>> table) {
        to->inbox.push(listed{std::move(table)});
      });
}

// -- results

void topics::on_inbox() {
  std::vector<inbox_item> items;
  results_->inbox.drain(items);
  for (const inbox_item& item : items)
    std::visit([this](const auto& result) { take(result); }, item);
}

void topics::take(const created& result) {
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    const kafka::create_outcome& outcome = result.outcomes[i];
    if (outcome.error)
      last_error_ = outcome.error->code;
    else
      ++created_;
    auto waiting =
        creating_.extract({result.asked[i].name, result.asked[i].shape});
    if (!waiting.empty())
      for (const std::uint64_t number : waiting.mapped())
        settle(number, outcome);
  }
}

void topics::take(const removed& result) {
  for (const kafka::create_outcome& outcome : result.outcomes) {
    if (outcome.error)
      last_error_ = outcome.error->code;
    else
      ++removed_;
    settle(result.question, outcome);
  }
}

void topics::take(const topic_inquiries::answer& result) {
  inquiries_.finish(result);
}

void topics::take(const listed& result) {
  refreshing_ = false;
  const auto checking = std::exchange(checking_, {});
  if (!result.table) {
    last_error_ = result.table.error.code;
    for (const auto& [number, topic] : checking)
      settle(number, {topic, result.table.error});
    fail_lists(to_protocol(result.table.error));
    return;
  }
  const auto listing = std::exchange(listing_, {});
  const auto& known = (*result.table.value)->partitions;
  std::map<std::uint64_t, std::vector<std::string>> missing;
  for (const auto& [number, topic] : checking) {
    kafka::create_outcome outcome{topic, std::nullopt};
    if (known.count(topic) == 0) {
      if (shared_.options.kafka.auto_create_topics) {
        missing[number].push_back(topic);
        continue;
      }
      outcome.error =
          kafka::failure{"UNKNOWN_TOPIC_OR_PARTITION",
                         "Topic \"" + topic + "\" does not exist.", true};
    }
    settle(number, std::move(outcome));
  }
  for (const auto& [number, names] : missing)
    create(number, names, questions_[number].timeout);
  if (listing.empty())
    return;
  std::string p = "[";
  for (const auto& [topic, count] : known) {
    if (protocol::internal_topic_name(topic))
      continue;
    for (std::int32_t partition = 0; partition < count; ++partition) {
      if (p.size() > 1)
        p += ',';
      protocol::append_topic_partition(p, topic, partition);
    }
  }
  p += ']';
  for (const list_topics& request : listing)
    reply_success(shared_.sockets, request.from, request.head.view(), p);
}

/// Answers the question when this was its last topic.
void topics::settle(std::uint64_t number, kafka::create_outcome outcome) {
  const auto found = questions_.find(number);
  if (found == questions_.end())
    return;
  question& q = found->second;
  q.outcomes[outcome.topic] = std::move(outcome);
  if (q.outcomes.size() < q.topics.size())
    return;
  topics_ready answer;
  answer.request = q.request;
  for (const std::string& topic : q.topics)
    answer.outcomes.push_back(q.outcomes[topic]);
  send(q.from, std::move(answer));
  questions_.erase(found);
}

// -- failure

void topics::guarded(const std::function<void()>& handler) {
  try {
    handler();
  } catch (const std::exception& e) {
    restart(e.what());
  }
}

void topics::restart(const std::string& why) {
  ++shared_.count.actor_failures;
  const std::string text = std::string("actor ") + name() + " failed: " + why;
  event_info info;
  info.what = event::error;
  info.text = text;
  shared_.events.emit(info);
  const kafka::failure internal{
      "INTERNAL", "The gateway failed to ask for the topic.", true};
  creating_.clear();
  checking_.clear();
  refreshing_ = false;
  fail_lists(to_protocol(internal));
  inquiries_.fail_all(to_protocol(internal));
  for (const auto& [number, q] : std::exchange(questions_, {})) {
    topics_ready answer{q.request, {}};
    for (const std::string& topic : q.topics)
      answer.outcomes.push_back({topic, internal});
    send(q.from, std::move(answer));
  }
}

void topics::fail_lists(const protocol::failure& why) {
  for (const list_topics& request : std::exchange(listing_, {})) {
    ++shared_.count.failures;
    reply_failure(shared_.sockets, request.from, request.head.view(), why);
  }
}

/// The others are answered by their connections.
void topics::on_begin_stop(const begin_stop& order) {
  if (!order.last)
    return;
  fail_lists(shutting_down());
  inquiries_.fail_all(shutting_down());
}

void topics::on_describe(const describe& query) {
  // A question's bytes are with its connection.
  std::size_t bytes = inquiries_.bytes();
  for (const list_topics& request : listing_)
    bytes += request.held ? request.held->bytes() : 0;
  const json state = {
      {"kind", "topics"},
      {"id", "topics"},
      {"queue", mailbox().size()},
      {"buffered",
       {{"messages", questions_.size() + listing_.size() + inquiries_.size()},
        {"bytes", bytes}}},
      {"questions", questions_.size()},
      {"creating", creating_.size()},
      {"inquiries", inquiries_.size()},
      {"created", created_},
      {"deleted", removed_},
      {"per_second", asking_.per_second(now())},
      {"last_error", last_error_},
  };
  send(query.to, described{query.query, query.index, state.dump()});
}

}  // namespace wskafka
