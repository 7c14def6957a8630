// The gateway inside a program of your own: on a free port, with the embedded
// broker, until the input ends (Ctrl-D).
#include "actors/server.hpp"

#include <chrono>
#include <iostream>
#include <limits>

int main() {
  wskafka::config::options options;
  options.websocket.host = "127.0.0.1";
  options.websocket.port = 0;

  wskafka::server gateway(options);
  gateway.on(wskafka::event::ws_connection, [](const auto& event) {
    std::cout << "connection " << event.ws << " from " << event.text << '\n';
  });
  gateway.on(wskafka::event::consumer_message, [](const auto& event) {
    std::cout << event.topic << '/' << event.partition << '@' << event.offset
              << ": " << event.text << '\n';
  });

  if (const auto problem = gateway.start()) {
    std::cerr << *problem << '\n';
    return 1;
  }
  std::cout << "listening on ws://" << gateway.addresses().front() << std::endl;
  std::cin.ignore(std::numeric_limits<std::streamsize>::max());
  return gateway.stop(std::chrono::seconds(10)) ? 0 : 1;
}
