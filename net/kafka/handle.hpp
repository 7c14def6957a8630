#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <memory>

/// Owning pointers for librdkafka's C types. Only this folder's sources and its
/// tests include it.
namespace wskafka::kafka {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* handle) const {
    Free(handle);
  }
};

template <class T, auto Free>
using owned = std::unique_ptr<T, freed_by<Free>>;

/// Destroying a client may block for seconds; see `closer`.
using client_handle = owned<rd_kafka_t, rd_kafka_destroy>;
using conf_handle = owned<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using queue_handle = owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using event_handle = owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using topic_handle = owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using error_handle = owned<rd_kafka_error_t, rd_kafka_error_destroy>;
using partition_list = owned<rd_kafka_topic_partition_list_t,
                             rd_kafka_topic_partition_list_destroy>;
using partition_handle =
    owned<rd_kafka_topic_partition_t, rd_kafka_topic_partition_destroy>;
using new_topic_handle = owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using delete_topic_handle =
    owned<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;
using admin_options_handle =
    owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using mock_cluster_handle =
    owned<rd_kafka_mock_cluster_t, rd_kafka_mock_cluster_destroy>;

/// Metadata comes as pointer to const, which the deleter cannot take over.
struct free_metadata {
  void operator()(const rd_kafka_metadata_t* list) const {
    rd_kafka_metadata_destroy(list);
  }
};
using metadata_handle =
    std::unique_ptr<const rd_kafka_metadata_t, free_metadata>;

}  // namespace wskafka::kafka
