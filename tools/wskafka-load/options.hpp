#pragma once

#include "tools/wskafka-load/schedule.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace wskafka::load {

enum class command {
  connect,
  publish,
  subscribe,
  roundtrip,
  mixed,
  fanout,
  compare
};

/// Either how many to make up, or the names themselves.
struct names {
  std::size_t count = 1;
  std::vector<std::string> given;
};

/// What the command line asked for. Times in seconds, sizes in bytes.
struct options {
  command what = command::roundtrip;
  std::vector<std::string> command_line;

  // the target
  std::string url = "ws://localhost:3000";
  double timeout = 90;
  int server_pid = 0;

  // the load
  double rate = 1000;
  bool closed_loop = false;
  std::size_t in_flight = 1;
  std::size_t frames_per_write = 1;
  arrivals arrival = arrivals::even;
  /// Connections that publish; of `connect`: all.
  std::size_t connections = 1;
  double connect_rate = 0;
  bool drop = false;
  std::size_t subscribers = 1;
  /// Subscribers get every record by broadcast. Each is then counted as a group
  /// of its own: `groups` says how many, and `subscribers` is 1.
  bool broadcast = false;
  /// Of groups, as the protocol's part 2 has it: "sent", or "ack" for an ack of
  /// each delivery.
  std::string commit = "sent";
  /// Most records that a member was sent and has not confirmed; 0: any number.
  std::size_t window = 0;
  /// Of broadcasts: clients beside these that subscribe and read nothing.
  std::size_t stalled = 0;
  names topics;
  names groups;
  std::size_t payload = 100;
  std::uint64_t seed = 1;
  int partitions = 0;

  // how long
  double duration = 10;
  double warmup = 2;
  double drain = 10;
  double settle = 1;
  /// Of `publish`: each message asks for a receipt.
  bool receipts = false;
  std::uint64_t count = 0;

  // itself
  std::size_t threads = 1;

  // what it tells
  bool quiet = false;
  std::string note;
  std::string json;
  std::string hgrm;
  std::string html;
  std::vector<std::string> fail_if;

  // compare: two files
  std::string before;
  std::string after;

  bool publishes() const { return what == command::publish || exchanges(); }
  bool acks() const { return commit == "ack"; }
  /// Publishes as fast as the sockets take.
  bool floods() const { return what == command::publish && closed_loop; }
  bool subscribes() const { return what == command::subscribe || exchanges(); }

 private:
  bool exchanges() const {
    return what == command::roundtrip || what == command::mixed ||
           what == command::fanout;
  }
};

const char* to_string(command what);

}  // namespace wskafka::load
