#include "test/support/ws_edge.hpp"

#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>

namespace wskafka::test {
namespace {

constexpr std::chrono::seconds patience{60};

}  // namespace

void ws_recorder::on_events(unsigned, std::vector<ws::event>& burst) {
  std::lock_guard<std::mutex> guard(mutex_);
  bool frames = false;
  for (ws::event& e : burst) {
    if (auto* o = std::get_if<ws::opened>(&e)) {
      opened.push_back(*o);
    } else if (auto* r = std::get_if<ws::received>(&e)) {
      frames = true;
      if (on_frame)
        on_frame(std::move(*r));
      else
        received.push_back(std::move(*r));
    } else if (auto* w = std::get_if<ws::written>(&e)) {
      written.push_back(*w);
    } else if (auto* c = std::get_if<ws::confirmed>(&e)) {
      confirmed.push_back(*c);
    } else if (auto* end = std::get_if<ws::closed>(&e)) {
      closed.push_back(*end);
    }
  }
  bursts += frames ? 1 : 0;
  changed_.notify_all();
}

bool ws_recorder::wait(const std::function<bool()>& done) {
  std::unique_lock<std::mutex> guard(mutex_);
  return changed_.wait_for(guard, patience, done);
}

void ws_recorder::release() {
  std::vector<ws::received> gone;
  std::lock_guard<std::mutex> guard(mutex_);
  gone.swap(received);
}

ws_edge::ws_edge() {
  options.host = "127.0.0.1";
  options.port = 0;
  options.io_threads = 1;
}

ws_edge::~ws_edge() {
  if (edge)
    edge->stop();
}

void ws_edge::start() {
  book = std::make_unique<net::ledger>(
      net::budget{options.process_in_bytes, options.connection_in_bytes,
                  options.max_frame_in},
      net::budget{options.process_out_bytes, options.connection_out_bytes,
                  options.max_frame_out});
  edge =
      std::make_unique<ws::endpoint>(options, confirm_interval, *book, events);
  if (const auto error = edge->bind())
    throw std::runtime_error(*error);
  edge->start();
}

raw_client ws_edge::open(int receive_buffer) {
  std::size_t before = 0;
  events.wait([&] {
    before = events.opened.size();
    return true;
  });
  raw_client client(edge->port(), receive_buffer);
  client.upgrade();
  if (!events.wait([&] { return events.opened.size() > before; }))
    throw std::runtime_error("the edge did not tell of the connection");
  return client;
}

void ws_edge::send(const ws::connection_ref& to, std::string payload,
                   std::uint64_t confirm, bool tell_written) {
  std::shared_ptr<net::account> account;
  events.wait([&] {
    for (const ws::opened& o : events.opened) {
      if (o.ref.ws == to.ws)
        account = o.account;
    }
    return true;
  });
  ws::text text;
  text.held = net::charge(account, net::direction::out, payload.size());
  text.payload = std::move(payload);
  text.confirm = confirm;
  text.tell_written = tell_written;
  edge->send({to, std::move(text)});
}

bool ws_edge::until(const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

bool ws_edge::settled() {
  return until([this] {
    return book->held(net::direction::in) == 0 &&
           book->held(net::direction::out) == 0;
  });
}

}  // namespace wskafka::test
