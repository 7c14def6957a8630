#include "config/section_table.hpp"

namespace wskafka::config {

std::vector<option> kafka_table() {
  section_table<kafka_options> t{"kafka_config", &options::kafka};
  t.text("kafkaHost", &kafka_options::host, {0, 10'000},
         "Brokers to start from, host:port separated by commas. Without it an "
         "embedded broker in memory is used, for trying things out.",
         "bootstrap.servers")
      .example = R"("localhost:9092")";
  t.text("clientId", &kafka_options::client_id, {0, 255},
         "Name of this gateway in the brokers' logs and quotas.", "client.id");
  t.number("connectTimeout", &kafka_options::connect_timeout, {1000, hour},
           "ms", "How long setting up a connection to a broker may take.",
           "socket.connection.setup.timeout.ms");
  t.number("requestTimeout", &kafka_options::request_timeout, {10, hour}, "ms",
           "Deadline of every request that is not a publish; after it the "
           "client gets TIMEOUT.",
           "socket.timeout.ms (at most 15000)");
  t.flag("ssl", &kafka_options::ssl,
         "TLS to the brokers; certificates are given in `librdkafka`.",
         "security.protocol");
  t.flag("auto_create_topics", &kafka_options::auto_create_topics,
         "A subscribe or notif that names a missing topic creates it.");
  t.flag("allow_internal_topics", &kafka_options::allow_internal_topics,
         "Clients may name topics that start with two underscores.");
  t.flag("allow_delete_topics", &kafka_options::allow_delete_topics,
         "Clients may delete topics.");
  t.number("metadata_refresh", &kafka_options::metadata_refresh, {100, hour},
           "ms", "How often the list of topics is refreshed.");
  t.number("pollers", &kafka_options::pollers, {0, 256}, "threads",
           "Threads that read records; 0 means a quarter of the cores, one "
           "at least.");
  t.number("embedded_partitions", &kafka_options::embedded_partitions,
           {1, 1000}, "partitions",
           "Partitions of a topic created on the embedded broker. A real "
           "broker has its own setting, num.partitions.");
  t.ignored("autoConnect", kind::flag, {true},
            "The gateway always connects by itself.");
  t.ignored("no_zookeeper_client", kind::flag, {true},
            "The gateway never talks to ZooKeeper.");
  t.properties();
  return t.take();
}

}  // namespace wskafka::config
