#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What the machine and Kafka's library do without a gateway: the roofs that
/// `tools/bench` compares with. Each function blocks for its length and gives
/// back what it measured; CPU is microseconds of this process, all threads.
/// They throw `std::runtime_error` with a sentence.
namespace wskafka::roof {

using nlohmann::json;

struct socket_options {
  std::size_t connections = 50;
  std::size_t payload = 100;
  /// Messages that leave in one write.
  std::size_t per_write = 1;
  /// Writes that are due at one time, at least 1.
  std::size_t together = 1;
  /// Messages a second; 0 as fast as it goes.
  double rate = 0;
  double duration = 1;
};

/// Messages over loopback sockets from one thread to another, with nothing
/// but send, epoll and recv: CPU of each side.
json sockets(const socket_options& asked);

/// How fast the machine is now: CPU of a send with its recv, in one thread so
/// that no scheduling is in it, and of a null system call.
json calibrate(double duration);

struct kafka_options {
  std::string brokers;
  std::string topic;
  std::size_t payload = 100;
  /// Messages a second; 0 as fast as it goes.
  double rate = 0;
  double duration = 1;
  /// Before, in no figure but the counts.
  double warmup = 0;
  /// As the gateway's: 5 with mq buffers, 0 without.
  int linger_ms = 5;
  /// Records to read, and of these how many come before measuring.
  std::uint64_t count = 0;
  std::uint64_t skip = 0;
  /// Read what comes from now on, not from the topic's start.
  bool tail = false;
  /// Reading gives up when nothing came for so long.
  double patience = 10;
  /// For a peer that asks for more: each value a JSON string, and a header.
  bool as_json = false;
  std::string header_name;
  std::string header_value;
};

/// librdkafka alone writes records that carry the load tool's marks, with the
/// gateway's settings (idempotent, all acks).
json produce(const kafka_options& asked);

/// librdkafka alone reads all partitions. Says "ready" on stderr when a record
/// written from then on will be seen.
json consume(const kafka_options& asked);

struct listen_options {
  std::string url;
  /// Sent when the connection is open.
  std::vector<std::string> say;
  /// What the answer that means "subscribed" holds.
  std::string ready;
  /// Connections, each of which says that.
  std::size_t clients = 1;
  /// Records to wait for, all clients together.
  std::uint64_t count = 0;
  double patience = 10;
};

/// Clients, on one thread, of a server that speaks another protocol: finds the
/// marks in what it sends, and tells the server's CPU. Says "ready" on stderr
/// when all are subscribed.
json listen(const listen_options& asked);

void create_topic(const std::string& brokers, const std::string& name,
                  int partitions);
/// A topic that is not there is none already.
void delete_topic(const std::string& brokers, const std::string& name);

}  // namespace wskafka::roof
