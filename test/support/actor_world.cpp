#include "test/support/actor_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace wskafka::test {
namespace {

constexpr net::budget plenty{std::size_t{1} << 30, std::size_t{1} << 26,
                             config::mebibyte};

}  // namespace

actor_world::actor_world()
    : book(plenty, plenty), shared{options,
                                   book,
                                   sockets,
                                   kafka,
                                   events,
                                   count,
                                   [] {
               return ws::statistics{}; }} {
  for (const event what :
       {event::error, event::producer_error, event::consumer_error,
        event::consumer_ready, event::ws_connection, event::ws_close})
    events.on(what, [this](const event_info& info) {
      told.emplace_back(info.what, std::string(info.text));
    });
}

actor_world::~actor_world() {
  actors.end();
  inbound.clear();
  sockets.clear();
  kafka.clear();
  CHECK(book.held(net::direction::in) == 0);
  CHECK(book.held(net::direction::out) == 0);
}

peer actor_world::open(std::uint64_t ws) {
  const auto found = peers.find(ws);
  if (found != peers.end())
    return found->second;
  ws::connection_ref ref;
  ref.ws = ws;
  return peers[ws] = {ref, book.open()};
}

void actor_world::check_failed(const std::string& name) const {
  CHECK(count.actor_failures == 1);
  const std::pair<event, std::string> wanted{
      event::error, "actor wskafka." + name + " failed: broken"};
  CHECK(std::count(told.begin(), told.end(), wanted) == 1);
}

}  // namespace wskafka::test
