#pragma once

#include "config/options.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/types.hpp"

#include <cstddef>
#include <string>

/// From the configuration to what librdkafka's handles are made with
/// (`libraries.md` E). Pure functions, from any thread.
namespace wskafka::kafka {

/// Where the brokers are, for the three roles; one host list or the embedded
/// broker's.
struct cluster_address {
  std::string producer;
  std::string consumer;
  /// The in-process broker: shorter session and fetch times.
  bool embedded = false;
};

/// How much a consumer handle keeps fetched, and how long its fetches wait.
struct consumer_shape {
  /// Bound of one partition's queue, in KiB, and its low mark, in records.
  int queue_kbytes = 1024;
  int queue_records = 10'000;
  /// What one fetch brings of one partition at most, in bytes.
  int fetch_bytes = 256 * 1024;
  int fetch_wait_ms = 10;
};

/// Our settings for one role; the user's own `librdkafka` properties lie over
/// them, the role's over those of `kafka_config`.
config::property_map producer_properties(const config::options& options,
                                         const cluster_address& brokers);
config::property_map admin_properties(const config::options& options,
                                      const cluster_address& brokers);
config::property_map consumer_properties(const config::options& options,
                                         const cluster_address& brokers,
                                         const std::string& group,
                                         const consumer_shape& shape);

/// What librdkafka needs told as one call for each property. The failure names
/// the key, e.g. `producer_config.librdkafka.linger.mss`.
result<conf_handle> make_conf(const config::options& options,
                              const config::property_map& ours,
                              const char* section,
                              const config::property_map& theirs);

/// A handle with the events of its role on its main queue. The failure is
/// librdkafka's sentence, which names the property.
result<client_handle> make_producer(const config::options& options,
                                    const cluster_address& brokers);
result<client_handle> make_admin(const config::options& options,
                                 const cluster_address& brokers);
result<client_handle> make_consumer(const config::options& options,
                                    const cluster_address& brokers,
                                    const std::string& group,
                                    const consumer_shape& shape);

enum class log_use {
  /// The tails of all broadcasts.
  tails,
  /// What lies before them: the log's end is told, too.
  history,
};

/// A handle that reads logs: its group is never joined, and a position that is
/// out of range is told, whatever the user's properties say.
result<client_handle> make_log_consumer(const config::options& options,
                                        const cluster_address& brokers,
                                        const consumer_shape& shape,
                                        log_use use);

/// The user's SASL name and password, for the roles' own maps; empty when there
/// are none.
std::string find_property(const config::options& options,
                          const config::property_map& theirs,
                          const std::string& name);

}  // namespace wskafka::kafka
