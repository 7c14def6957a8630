#include "net/kafka/topic_creator.hpp"

#include "net/kafka/error.hpp"
#include "net/kafka/offset_lookup.hpp"
#include "net/kafka/topic_details.hpp"

#include <array>
#include <map>
#include <utility>

namespace wskafka::kafka {
namespace {

constexpr int brokers_default = -1;

std::string what(const std::string& topic) {
  return "cannot create topic \"" + topic + '"';
}

failure refused(int error, const std::string& topic, const std::string& why) {
  failure told = to_failure(error, what(topic));
  told.message = what(topic) + ": " + why;
  return told;
}

new_topic_handle to_native(const std::string& name, const topic_shape& shape) {
  std::array<char, 512> why{};
  new_topic_handle one(rd_kafka_NewTopic_new(
      name.c_str(), shape.partitions.value_or(brokers_default),
      shape.replication_factor.value_or(brokers_default), why.data(),
      why.size()));
  for (const auto& [key, value] : shape.config)
    if (one)
      rd_kafka_NewTopic_set_config(one.get(), key.c_str(), value.c_str());
  return one;
}

/// What is wrong with a topic that was there before; nothing is when it is as
/// far as that was named of the shape.
std::optional<failure> compare(const topic_view& view, const std::string& topic,
                               const topic_shape& shape) {
  const auto there = describe_topic(view, topic);
  const auto count = static_cast<std::int32_t>(there.partitions.size());
  const std::size_t replicas =
      there.partitions.empty() ? 0 : there.partitions.front().replicas.size();
  const bool same =
      (!shape.partitions || *shape.partitions == count) &&
      (!shape.replication_factor ||
       static_cast<std::size_t>(*shape.replication_factor) == replicas);
  if (same)
    return std::nullopt;
  return refused(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, topic,
                 "it exists with " + std::to_string(count) +
                     " partitions and a replication factor of " +
                     std::to_string(replicas) + '.');
}

}  // namespace

topic_creator::topic_creator(std::shared_ptr<rd_kafka_t> admin,
                             std::shared_ptr<worker_pool> pool,
                             std::shared_ptr<topic_directory> directory,
                             std::shared_ptr<embedded_broker> embedded,
                             int partitions, find_producer producer)
    : jobs_(std::make_shared<topic_jobs>(
          std::move(admin), pool, directory, "cannot create topics",
          [find = std::move(producer)](const std::vector<std::string>& names,
                                       clock::time_point deadline) {
            look_again(find(names), deadline);
          })),
      pool_(std::move(pool)),
      directory_(std::move(directory)),
      embedded_(std::move(embedded)),
      partitions_(partitions) {}

void topic_creator::create(const std::vector<new_topic>& topics,
                           clock::time_point deadline, answer done) {
  const auto wanted = std::make_shared<shapes>();
  std::vector<std::string> names;
  for (const new_topic& one : topics) {
    names.push_back(one.name);
    wanted->emplace(one.name, one.shape);
  }
  const auto look = [wanted](const topic_view& view, const std::string& topic) {
    if (view.table->partitions.count(topic) == 0 ||
        view.leaderless.count(topic) > 0)
      return topic_jobs::seen{};
    const topic_shape& shape = wanted->at(topic);
    return topic_jobs::seen{
        true, shape.named() ? compare(view, topic, shape) : std::nullopt};
  };
  const auto begun = jobs_->begin(names, deadline, std::move(done), look);
  if (!begun.work)
    return;
  if (embedded_)
    pool_->run([self = shared_from_this(), work = begun.work, wanted] {
      self->create_embedded(work, *wanted);
    });
  else
    request(begun.admin.get(), begun.work, *wanted);
}

/// It has one broker and no settings for topics.
void topic_creator::create_embedded(const topic_jobs::job_ptr& work,
                                    const shapes& wanted) {
  for (const auto& [topic, shape] : wanted) {
    if (shape.replication_factor.value_or(1) != 1)
      topic_jobs::fail(*work, topic,
                       refused(RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
                               topic, "the embedded broker is one alone."));
    else if (!shape.config.empty())
      topic_jobs::fail(
          *work, topic,
          refused(RD_KAFKA_RESP_ERR_INVALID_CONFIG, topic,
                  "the embedded broker has no settings for topics."));
    else
      settle(*work, topic,
             embedded_->create_topic(topic,
                                     shape.partitions.value_or(partitions_)));
  }
  jobs_->await_list(work);
}

/// Asks the cluster; the answer comes to `on_result`, also when there is none.
void topic_creator::request(rd_kafka_t* admin, const topic_jobs::job_ptr& work,
                            const shapes& wanted) {
  std::vector<new_topic_handle> topics;
  for (const auto& [topic, shape] : wanted) {
    new_topic_handle one = to_native(topic, shape);
    if (one)
      topics.push_back(std::move(one));
    else
      settle(*work, topic, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION);
  }
  if (topics.empty()) {
    jobs_->await_list(work);
    return;
  }
  std::array<char, 512> why{};
  admin_options_handle options(
      rd_kafka_AdminOptions_new(admin, RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(
      options.get(), topic_jobs::time_left(*work), why.data(), why.size());
  rd_kafka_AdminOptions_set_opaque(
      options.get(), reinterpret_cast<void*>(topic_jobs::number(*work)));
  std::vector<rd_kafka_NewTopic_t*> list;
  for (const new_topic_handle& one : topics)
    list.push_back(one.get());
  const queue_handle results(rd_kafka_queue_get_main(admin));
  rd_kafka_CreateTopics(admin, list.data(), list.size(), options.get(),
                        results.get());
}

void topic_creator::on_result(rd_kafka_event_t* event) {
  const auto work = jobs_->find(
      reinterpret_cast<std::uint64_t>(rd_kafka_event_opaque(event)));
  if (!work)
    return;  // Its deadline was sooner.
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
  std::size_t count = 0;
  const rd_kafka_topic_result_t** topics = nullptr;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    topics = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event), &count);
  else
    for (const std::string& topic : topic_jobs::names(*work))
      settle(*work, topic, error);
  for (std::size_t i = 0; i < count; ++i)
    settle(*work, rd_kafka_topic_result_name(topics[i]),
           rd_kafka_topic_result_error(topics[i]),
           rd_kafka_topic_result_error_string(topics[i]));
  jobs_->await_list(work);
}

/// `told`: the broker's own words, where it had any.
void topic_creator::settle(topic_jobs::job& work, const std::string& topic,
                           int error, const char* told) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    directory_->created_anew(topic, topic_jobs::table_before(work));
    topic_jobs::succeed(work, topic);
    return;
  }
  if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    // One that we have not seen yet was perhaps another before.
    const bool changed = directory_->table()->partitions.count(topic) == 0;
    topic_jobs::succeed(work, topic, changed);
    return;
  }
  const bool worded = told != nullptr && find_kafka_error(error) != nullptr;
  failure why =
      worded ? refused(error, topic, told) : to_failure(error, what(topic));
  // Asked of those who may not create whether the topic exists or not.
  if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
      error == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED)
    topic_jobs::fail_if_missing(work, topic, std::move(why));
  else
    topic_jobs::fail(work, topic, std::move(why));
}

}  // namespace wskafka::kafka
