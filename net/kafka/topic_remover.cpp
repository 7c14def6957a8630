#include "net/kafka/topic_remover.hpp"

#include "net/kafka/error.hpp"

#include <array>
#include <set>
#include <utility>

namespace wskafka::kafka {
namespace {

/// The list of a broker that has not heard of it yet is waited for no longer:
/// somebody may create the topic at once, time and again.
constexpr std::chrono::seconds longest_wait{5};

std::string what(const std::string& topic) {
  return "cannot delete topic \"" + topic + '"';
}

failure not_embedded(const std::string& topic) {
  failure why = to_failure(RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, what(topic));
  why.message = what(topic) + ": the embedded broker cannot delete topics.";
  return why;
}

}  // namespace

topic_remover::topic_remover(std::shared_ptr<rd_kafka_t> admin,
                             std::shared_ptr<worker_pool> pool,
                             std::shared_ptr<topic_directory> directory,
                             bool embedded)
    : jobs_(std::make_shared<topic_jobs>(std::move(admin), pool, directory,
                                         "cannot delete topics")),
      pool_(std::move(pool)),
      directory_(std::move(directory)),
      embedded_(embedded) {}

void topic_remover::remove(const std::vector<std::string>& names,
                           clock::time_point deadline, answer done) {
  const auto begun =
      jobs_->begin(names, deadline, std::move(done), look_for_end());
  if (!begun.work)
    return;
  if (!embedded_) {
    request(begun.admin.get(), begun.work);
    return;
  }
  for (const std::string& topic : names)
    topic_jobs::fail(*begun.work, topic, not_embedded(topic));
  pool_->run([jobs = jobs_, work = begun.work] { jobs->await_list(work); });
}

/// Gone, or another one already: `since` tells of one that was created here.
topic_jobs::looker topic_remover::look_for_end() const {
  return [before = directory_->table(), directory = directory_,
          end = std::make_shared<clock::time_point>()](
             const topic_view& view, const std::string& topic) {
    const topic_jobs::seen gone{true};
    const auto there = view.table->since.find(topic);
    if (there == view.table->since.end())
      return gone;
    const auto then = before->since.find(topic);
    if (then != before->since.end() && then->second != there->second)
      return gone;
    if (*end == clock::time_point())
      *end = clock::now() + longest_wait;
    if (clock::now() < *end)
      return topic_jobs::seen{};
    directory->created_anew(topic, before->version);
    return gone;
  };
}

/// Asks the cluster; the answer comes to `on_result`, also when there is none.
void topic_remover::request(rd_kafka_t* admin,
                            const topic_jobs::job_ptr& work) {
  const std::vector<std::string>& names = topic_jobs::names(*work);
  std::vector<delete_topic_handle> topics;
  std::vector<rd_kafka_DeleteTopic_t*> list;
  for (const std::string& topic :
       std::set<std::string>(names.begin(), names.end())) {
    topics.emplace_back(rd_kafka_DeleteTopic_new(topic.c_str()));
    list.push_back(topics.back().get());
  }
  if (list.empty()) {
    jobs_->await_list(work);
    return;
  }
  std::array<char, 512> why{};
  admin_options_handle options(
      rd_kafka_AdminOptions_new(admin, RD_KAFKA_ADMIN_OP_DELETETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(
      options.get(), topic_jobs::time_left(*work), why.data(), why.size());
  rd_kafka_AdminOptions_set_opaque(
      options.get(), reinterpret_cast<void*>(topic_jobs::number(*work)));
  const queue_handle results(rd_kafka_queue_get_main(admin));
  rd_kafka_DeleteTopics(admin, list.data(), list.size(), options.get(),
                        results.get());
}

void topic_remover::on_result(rd_kafka_event_t* event) {
  const auto work = jobs_->find(
      reinterpret_cast<std::uint64_t>(rd_kafka_event_opaque(event)));
  if (!work)
    return;  // Its deadline was sooner.
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
  std::size_t count = 0;
  const rd_kafka_topic_result_t** topics = nullptr;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    topics = rd_kafka_DeleteTopics_result_topics(
        rd_kafka_event_DeleteTopics_result(event), &count);
  else
    for (const std::string& topic : topic_jobs::names(*work))
      settle(*work, topic, error);
  for (std::size_t i = 0; i < count; ++i)
    settle(*work, rd_kafka_topic_result_name(topics[i]),
           rd_kafka_topic_result_error(topics[i]));
  jobs_->await_list(work);
}

void topic_remover::settle(topic_jobs::job& work, const std::string& topic,
                           int error) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    topic_jobs::succeed(work, topic);
  else
    topic_jobs::fail(work, topic, to_failure(error, what(topic)));
}

}  // namespace wskafka::kafka
