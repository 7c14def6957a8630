#include "actors/tail_hub.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace wskafka {
namespace {

/// Empty: it is of no single topic.
struct topic_of {
  const std::string& operator()(const kafka::tail_started& e) const {
    return e.topic;
  }
  const std::string& operator()(const kafka::tail_records& e) const {
    return e.what.batch->topic;
  }
  const std::string& operator()(const kafka::tail_gap& e) const {
    return e.at.topic;
  }
  const std::string& operator()(const kafka::tail_grown& e) const {
    return e.topic;
  }
  const std::string& operator()(const kafka::tail_shrunk& e) const {
    return e.topic;
  }
  const std::string& operator()(const kafka::tail_failed& e) const {
    return e.topic;
  }
  const std::string& operator()(const kafka::tail_located& e) const {
    return e.topic;
  }
  const std::string& operator()(const kafka::tails_closed&) const {
    static const std::string none;
    return none;
  }
};

}  // namespace

void tail_hub::attach(const std::string& topic,
                      std::shared_ptr<tail_inbox> to) {
  std::lock_guard<std::mutex> guard(mutex_);
  inboxes_[topic] = std::move(to);
}

void tail_hub::detach(const std::string& topic,
                      const std::shared_ptr<tail_inbox>& of) {
  std::lock_guard<std::mutex> guard(mutex_);
  const auto found = inboxes_.find(topic);
  if (found != inboxes_.end() && found->second == of)
    inboxes_.erase(found);
}

void tail_hub::on_event(kafka::tail_event event) {
  const std::string& topic = std::visit(topic_of{}, event);
  if (!topic.empty()) {
    if (const auto to = find(topic))
      to->push(std::move(event));
  } else if (const auto* failed = std::get_if<kafka::tail_failed>(&event)) {
    tell_all(*failed);
  }
}

std::shared_ptr<tail_inbox> tail_hub::find(const std::string& topic) const {
  std::lock_guard<std::mutex> guard(mutex_);
  const auto found = inboxes_.find(topic);
  return found == inboxes_.end() ? nullptr : found->second;
}

void tail_hub::tell_all(const kafka::tail_failed& failed) {
  std::vector<std::shared_ptr<tail_inbox>> all;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    ended_ = ended_ || failed.fatal;
    for (const auto& entry : inboxes_)
      all.push_back(entry.second);
  }
  for (const auto& to : all)
    to->push(failed);
}

bool tail_hub::ended() const {
  std::lock_guard<std::mutex> guard(mutex_);
  return ended_;
}

}  // namespace wskafka
