// What the machine does without a gateway, for tools/bench; prints JSON.
// wskafka-roof SUB-COMMAND --help has the options.

#include "test/bench/roof/roofs.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <functional>
#include <iostream>
#include <string>

namespace {

using namespace wskafka::roof;

/// A sub-command that prints what `work` gives back.
CLI::App* add(CLI::App& app, const char* name, const char* help,
              std::function<json()> work) {
  CLI::App* const made = app.add_subcommand(name, help);
  made->callback([work = std::move(work)] {
    if (const json found = work(); !found.is_null())
      std::cout << found.dump(2) << std::endl;
  });
  return made;
}

void add_kafka(CLI::App& to, kafka_options& into) {
  to.add_option("--kafka", into.brokers, "host:port")->required();
  to.add_option("--topic", into.topic, "Its name")->required();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"What the machine and Kafka's library do without a gateway"};
  app.require_subcommand(1);
  socket_options plain;
  kafka_options kafka;
  listen_options client;
  int partitions = 1;

  CLI::App* const raw = add(app, "sockets", "send, epoll and recv on loopback",
                            [&] { return sockets(plain); });
  raw->add_option("--connections", plain.connections)->capture_default_str();
  raw->add_option("--payload", plain.payload)->capture_default_str();
  raw->add_option("--frames-per-write", plain.per_write)->capture_default_str();
  raw->add_option("--together", plain.together, "Writes due at one time")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  raw->add_option("--rate", plain.rate, "0: as fast as it goes");
  raw->add_option("--duration", plain.duration)->capture_default_str();

  CLI::App* const now = add(app, "calibrate", "How fast the machine is now",
                            [&] { return calibrate(plain.duration); });
  now->add_option("--duration", plain.duration)->capture_default_str();

  CLI::App* const write = add(app, "produce", "librdkafka alone writes",
                              [&] { return produce(kafka); });
  add_kafka(*write, kafka);
  write->add_option("--rate", kafka.rate, "0: as fast as it goes");
  write->add_option("--payload", kafka.payload)->capture_default_str();
  write->add_option("--duration", kafka.duration)->capture_default_str();
  write->add_option("--warmup", kafka.warmup);
  write->add_option("--linger", kafka.linger_ms, "ms")->capture_default_str();

  write->add_flag("--json-string", kafka.as_json, "Values in quotes");
  write->add_option("--header", kafka.header_name, "Its name");
  write->add_option("--header-value", kafka.header_value);

  CLI::App* const read = add(app, "consume", "librdkafka alone reads",
                             [&] { return consume(kafka); });
  add_kafka(*read, kafka);
  read->add_option("--count", kafka.count, "Records to read")->required();
  read->add_option("--skip", kafka.skip, "Of these, before measuring");
  read->add_flag("--tail", kafka.tail, "Only what is written from now on");
  read->add_option("--patience", kafka.patience, "Seconds")
      ->capture_default_str();

  CLI::App* const hear = add(app, "listen", "Clients of any WebSocket server",
                             [&] { return listen(client); });
  hear->add_option("--url", client.url)->required();
  hear->add_option("--say", client.say, "Sent at the start, in this order");
  hear->add_option("--ready", client.ready, "In the answer that it waits for")
      ->required();
  hear->add_option("--clients", client.clients)->capture_default_str();
  hear->add_option("--count", client.count, "Records to wait for, of all")
      ->required();
  hear->add_option("--patience", client.patience, "Seconds")
      ->capture_default_str();

  CLI::App* const make = add(app, "create-topic", "With --partitions", [&] {
    create_topic(kafka.brokers, kafka.topic, partitions);
    return json();
  });
  add_kafka(*make, kafka);
  make->add_option("--partitions", partitions)->capture_default_str();
  CLI::App* const drop = add(app, "delete-topic", "And all its records", [&] {
    delete_topic(kafka.brokers, kafka.topic);
    return json();
  });
  add_kafka(*drop, kafka);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const std::exception& e) {
    std::cerr << "wskafka-roof: " << e.what() << '\n';
    return 1;
  }
}
