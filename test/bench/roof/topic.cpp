#include "test/bench/roof/kafka.hpp"
#include "test/bench/roof/roofs.hpp"

#include <stdexcept>

namespace wskafka::roof {
namespace {

constexpr int patience_ms = 20'000;

/// Waits for the one answer and judges its one topic.
void await(rd_kafka_queue_t* from, const std::string& name,
           rd_kafka_resp_err_t harmless) {
  rd_kafka_event_t* const event = rd_kafka_queue_poll(from, patience_ms);
  if (event == nullptr)
    throw std::runtime_error("no answer about the topic " + name);
  std::string why;
  if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
    why = rd_kafka_event_error_string(event);
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results = nullptr;
  if (const auto* made = rd_kafka_event_CreateTopics_result(event))
    results = rd_kafka_CreateTopics_result_topics(made, &count);
  else if (const auto* gone = rd_kafka_event_DeleteTopics_result(event))
    results = rd_kafka_DeleteTopics_result_topics(gone, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_topic_result_error(results[i]);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != harmless)
      why = rd_kafka_err2str(error);
  }
  rd_kafka_event_destroy(event);
  if (!why.empty())
    throw std::runtime_error("topic " + name + ": " + why);
}

handle admin(const std::string& brokers) {
  return make_handle(RD_KAFKA_PRODUCER, {{"bootstrap.servers", brokers}});
}

}  // namespace

void create_topic(const std::string& brokers, const std::string& name,
                  int partitions) {
  const handle kafka = admin(brokers);
  const queue answers(rd_kafka_queue_new(kafka.get()));
  char why[256] = "";
  rd_kafka_NewTopic_t* wanted =
      rd_kafka_NewTopic_new(name.c_str(), partitions, 1, why, sizeof why);
  if (wanted == nullptr)
    throw std::runtime_error(why);
  rd_kafka_CreateTopics(kafka.get(), &wanted, 1, nullptr, answers.get());
  rd_kafka_NewTopic_destroy(wanted);
  await(answers.get(), name, RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS);
}

void delete_topic(const std::string& brokers, const std::string& name) {
  const handle kafka = admin(brokers);
  const queue answers(rd_kafka_queue_new(kafka.get()));
  rd_kafka_DeleteTopic_t* gone = rd_kafka_DeleteTopic_new(name.c_str());
  rd_kafka_DeleteTopics(kafka.get(), &gone, 1, nullptr, answers.get());
  rd_kafka_DeleteTopic_destroy(gone);
  await(answers.get(), name, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
}

}  // namespace wskafka::roof
