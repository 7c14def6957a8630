#include "test/bench/roof/kafka.hpp"

#include <ctime>
#include <stdexcept>
#include <unistd.h>

namespace wskafka::roof {

handle make_handle(rd_kafka_type_t type, const properties& settings,
                   void (*on_report)(rd_kafka_t*, const rd_kafka_message_t*,
                                     void*),
                   void* opaque) {
  char why[512] = "";
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  for (const auto& [key, value] : settings)
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), why, sizeof why) !=
        RD_KAFKA_CONF_OK)
      throw std::runtime_error(why);
  rd_kafka_conf_set_opaque(conf, opaque);
  if (on_report != nullptr)
    rd_kafka_conf_set_dr_msg_cb(conf, on_report);
  handle made(rd_kafka_new(type, conf, why, sizeof why));
  if (!made)
    throw std::runtime_error(why);
  return made;
}

namespace {

/// 0 as long as the broker does not know it.
int count_now(rd_kafka_t* with, rd_kafka_topic_t* topic) {
  const struct rd_kafka_metadata* found = nullptr;
  if (rd_kafka_metadata(with, 0, topic, &found, 10'000) !=
      RD_KAFKA_RESP_ERR_NO_ERROR)
    return 0;
  const int count = found->topic_cnt > 0 ? found->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(found);
  return count;
}

}  // namespace

int partition_count(rd_kafka_t* with, const std::string& topic) {
  rd_kafka_topic_t* const asked =
      rd_kafka_topic_new(with, topic.c_str(), nullptr);
  int count = 0;
  // Just made, it takes the broker a moment to show it.
  for (int tries = 0; count == 0 && tries < 50; ++tries) {
    if (tries > 0)
      usleep(100'000);
    count = count_now(with, asked);
  }
  rd_kafka_topic_destroy(asked);
  if (count == 0)
    throw std::runtime_error("there is no topic " + topic);
  return count;
}

double own_cpu_s() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) / 1e9;
}

}  // namespace wskafka::roof
