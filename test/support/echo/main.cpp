// Sends every message back: the edge alone, for protocol conformance suites.
// Usage: wskafka-echo [PORT]; the port (0: any) is printed when it listens.

#include "net/ws/endpoint.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace wskafka;

class echo : public ws::listener {
 public:
  ws::sender* out = nullptr;

  void on_events(unsigned shard, std::vector<ws::event>& burst) override {
    std::vector<ws::outgoing> replies;
    for (ws::event& e : burst) {
      if (auto* frame = std::get_if<ws::received>(&e)) {
        ws::text reply;
        reply.payload = std::move(frame->text);
        reply.binary = frame->binary;
        replies.push_back({frame->ref, std::move(reply)});
      }
    }
    out->send(shard, replies);
  }
};

}  // namespace

int main(int argc, char** argv) {
  config::websocket_options options;
  options.host = "127.0.0.1";
  options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  options.io_threads = 1;
  // Conformance suites go up to 16 MiB, in as many frames as they like.
  options.max_frame_in = 16 * 1024 * 1024;
  options.connection_in_bytes = 4 * options.max_frame_in;
  options.max_fragments = 1'000'000;
  options.max_pings_per_second = 1'000;

  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  const net::budget budget{options.process_in_bytes,
                           options.connection_in_bytes, options.max_frame_in};
  net::ledger book(budget, budget);
  echo events;
  ws::endpoint edge(options, options.ping_interval, book, events);
  events.out = &edge;
  if (const auto error = edge.bind()) {
    std::cerr << *error << '\n';
    return 1;
  }
  edge.start();
  std::cout << edge.port() << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  edge.stop();
}
