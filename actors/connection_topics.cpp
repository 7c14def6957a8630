#include "actors/connection.hpp"
#include "actors/replies.hpp"
#include "protocol/render.hpp"

#include <string>
#include <utility>

/// What the client does to topics (create, delete) and asks of them.
namespace wskafka {
namespace {

bool deletes(const control_request& request) {
  return request.what == control_request::kind::remove;
}

}  // namespace

void connection::start_change(operation& op) {
  op.at = step::changing;
  const control_request& asked = op.request;
  if (asked.topics.empty()) {
    changed(op, {});
    return;
  }
  arm_deadline();
  // Its own answer tells which topics were changed, so it is to be the sooner.
  const auto timeout = asking_time(asked);
  const topic_client reply_to{connection_actor{this}};
  if (deletes(asked))
    send(topics_, remove_topics{asked.topics, op.number, timeout, reply_to});
  else
    send(topics_, create_topics{asked.topics, op.number, timeout, reply_to,
                                asked.shapes});
}

void connection::changed(operation& op, const topics_ready& answer) {
  protocol::failure why;
  why.failed = op.request.refused;
  why.deleting = deletes(op.request);
  for (const kafka::create_outcome& outcome : answer.outcomes) {
    if (outcome.error) {
      // The code that is told is the first one's, and so is this.
      if (why.failed.empty())
        why.retriable = outcome.error->retriable;
      why.failed.push_back(
          {outcome.topic, outcome.error->code, outcome.error->message});
    } else {
      why.created.push_back(outcome.topic);
    }
  }
  if (why.failed.empty()) {
    std::string names;
    protocol::append_names(names, op.request.topics);
    succeed(op.request, names);
  } else {
    why.code = why.failed.front().code;
    why.message = why.failed.front().message;
    fail(op.request, why);
  }
  finish_change(op);
}

void connection::expire_change(operation& op) {
  const bool deleting = deletes(op.request);
  protocol::failure why{
      protocol::error_code::timeout,
      std::string(deleting ? "The deletion" : "The creation") +
          " of the topics was not finished in time."};
  why.failed = op.request.refused;
  why.deleting = deleting;
  for (const std::string& topic : op.request.topics)
    why.failed.push_back({topic, why.code, why.message});
  fail(op.request, why);
  finish_change(op);
}

void connection::finish_change(const operation& op) {
  tell_watcher(op.request);
  queue_.change_done();
  drop(&op);
}

void connection::tell_watcher(const control_request& request) {
  if (request.watcher)
    send(request.watcher, topics_created{request.topics});
}

/// They need no answer from here: `topics` answers the peer.
void connection::forward_questions() {
  for (control_request& question : queue_.ready_questions()) {
    if (question.what == control_request::kind::list)
      send(topics_, list_topics{to_, std::move(question.head),
                                question.deadline, std::move(question.held)});
    else
      send(topics_, inquire_topics{to_, std::move(question)});
  }
}

}  // namespace wskafka
