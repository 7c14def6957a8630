#include "net/ws/handshake.hpp"
#include "net/ws/shard.hpp"
#include "net/ws/websocketpp/shard_core.hpp"
#include "net/ws/websocketpp/shard_outbox.hpp"

#include <boost/asio/post.hpp>

#include <utility>
#include <variant>

namespace wskafka::ws {

using boost::system::error_code;
namespace status = websocketpp::http::status_code;

namespace {

/// How long accepting rests when there is no descriptor for a connection.
constexpr milliseconds accept_rest{100};

/// What `stop` gives connections to take the close frame, and then to go.
constexpr milliseconds stop_patience{500};
constexpr milliseconds stop_limit{2000};

}  // namespace

shard_core::shard_core(std::uint16_t index, const shard_settings& settings,
                       shared_numbers& shared, net::ledger& book,
                       listener& events, int listening, bool v6)
    : index_(index),
      settings_(settings),
      shared_(shared),
      book_(book),
      listener_(events),
      outbox_([this] { boost::asio::post(io_, [this] { drain(); }); }),
      resumes_([this] { boost::asio::post(io_, [this] { drain(); }); }),
      acceptor_(io_,
                v6 ? boost::asio::ip::tcp::v6() : boost::asio::ip::tcp::v4(),
                listening),
      accept_timer_(io_),
      sweep_timer_(io_),
      stop_timer_(io_),
      table_(index) {
  server_.init_asio(&io_);
  server_.set_max_message_size(settings.max_frame_in);
  server_.set_max_http_body_size(settings.max_header);
  server_.set_open_handshake_timeout(
      static_cast<long>(settings.handshake_timeout.count()));
  server_.set_user_agent("");
  set_handlers();
}

shard_core::~shard_core() {
  join();
}

// The thread.

void shard_core::start() {
  work_.emplace(io_.get_executor());
  boost::asio::post(io_, [this] { accept(); });
  thread_ = std::thread([this] { run(); });
}

void shard_core::run() {
  for (;;) {
    try {
      io_.run();
      break;
    } catch (...) {
      counters_.failures.add();
    }
  }
  turn_ends();
}

void shard_core::stop() {
  boost::asio::post(io_, [this] { begin_stop(); });
}

void shard_core::join() {
  if (thread_.joinable())
    thread_.join();
  outbox_.close();
  resumes_.close();
}

std::vector<connection_ptr> shard_core::all_links() {
  std::vector<connection_ptr> all;
  for (lean::link* l = links_; l; l = l->next)
    all.push_back(static_cast<connection&>(*l).get_shared());
  return all;
}

void shard_core::begin_stop() {
  stopping_ = true;
  refusing_ = true;
  accepting_ = false;
  error_code ignored;
  acceptor_.close(ignored);
  accept_timer_.cancel();
  for (const connection_ptr& c : all_links()) {
    guarded(c.get(), [&c] {
      if (c->open)
        c->open->close(close_reason::restart, stop_patience);
      else
        c->terminate(make_error_code(websocketpp::error::operation_canceled));
    });
  }
  stop_timer_.expires_after(stop_limit);
  stop_timer_.async_wait([this](const error_code& ec) {
    if (!ec)
      cut_off();
  });
  finish_if_empty();
}

void shard_core::cut_off() {
  for (const connection_ptr& c : all_links()) {
    if (c->open && table_.remove(c->open->ref()))
      c->open->gone(close_reason::lost, 1006);
  }
  io_.stop();
}

void shard_core::finish_if_empty() {
  if (stopping_ && !links_)
    io_.stop();
}

// Accepting.

void shard_core::accept() {
  if (!accepting_)
    return;
  if (shared_.sockets.load() >= settings_.max_sockets) {
    rest();
    return;
  }
  const connection_ptr c = server_.get_connection();
  if (!c) {
    counters_.failures.add();
    rest();
    return;
  }
  acceptor_.async_accept(c->get_raw_socket(),
                         [this, c](const error_code& ec) { on_accept(c, ec); });
}

// Accepting again at once would fail again at once: there is no descriptor, or
// there are too many connections.
void shard_core::rest() {
  accept_timer_.expires_after(accept_rest);
  accept_timer_.async_wait([this](const error_code& ec) {
    if (!ec)
      accept();
  });
}

void shard_core::on_accept(const connection_ptr& c, const error_code& ec) {
  if (!accepting_)
    return;
  if (ec) {
    counters_.accept_errors.add();
    rest();
    return;
  }
  adopt(*c);
  guarded(c.get(), [&c] { c->start(); });
  accept();
}

void shard_core::adopt(connection& c) {
  lean::link& l = c;
  l.owner = this;
  l.max_fragments = &settings_.max_fragments;
  l.next = links_;
  if (links_)
    links_->previous = &l;
  links_ = &l;
  ++shared_.sockets;
  counters_.accepted.add();
}

void shard_core::forget(lean::link& l) {
  (l.previous ? l.previous->next : links_) = l.next;
  if (l.next)
    l.next->previous = l.previous;
  --shared_.sockets;
  if (l.admitted)
    --shared_.open;
  finish_if_empty();
}

void shard_core::stop_accepting() {
  boost::asio::post(io_, [this] {
    accepting_ = false;
    error_code ignored;
    acceptor_.close(ignored);
    accept_timer_.cancel();
  });
}

// The socket's side.

void shard_core::set_handlers() {
  server_.set_validate_handler([this](websocketpp::connection_hdl handle) {
    const connection_ptr c = find(handle);
    bool accepted = false;
    guarded(c.get(), [&] { accepted = c && on_validate(*c); });
    return accepted;
  });
  server_.set_http_handler([this](websocketpp::connection_hdl handle) {
    const connection_ptr c = find(handle);
    guarded(c.get(), [&] { on_plain_http(*c); });
  });
  server_.set_fail_handler([this](websocketpp::connection_hdl handle) {
    if (const connection_ptr c = find(handle))
      on_fail(*c);
  });
  server_.set_open_handler([this](websocketpp::connection_hdl handle) {
    const connection_ptr c = find(handle);
    guarded(c.get(), [&] { on_open(c); });
  });
}

bool shard_core::on_validate(connection& c) {
  if (!origin_allowed(c.get_request_header("Origin"),
                      settings_.allowed_origins)) {
    c.refused = true;
    counters_.refused_origin.add();
    c.set_status(status::forbidden);
    return false;
  }
  c.admitted = true;
  if (++shared_.open > settings_.max_open || refusing_) {
    c.refused = true;
    counters_.refused_limit.add();
    c.set_status(status::service_unavailable);
    return false;
  }
  for (const std::string& offered : c.get_requested_subprotocols()) {
    std::error_code ignored;
    if (offered == subprotocol)
      c.select_subprotocol(offered, ignored);
  }
  return true;
}

void shard_core::on_plain_http(connection& c) {
  counters_.refused_other.add();
  c.set_status(status::upgrade_required);
  c.append_header("Upgrade", "websocket");
  c.append_header("Connection", "Upgrade, close");
  c.append_header("Content-Type", "text/plain");
  c.set_body(std::string(upgrade_hint));
}

void shard_core::on_fail(connection& c) {
  if (c.refused)
    return;
  const std::error_code ec = c.get_ec();
  using websocketpp::error::open_handshake_timeout;
  if (ec == make_error_code(open_handshake_timeout))
    counters_.count(close_reason::handshake_timeout);
  else if (c.get_response_code() != status::uninitialized)
    counters_.refused_other.add();
  else
    counters_.count(lean::reason_seen(c));
}

void shard_core::on_open(const connection_ptr& c) {
  const connection_ref ref = table_.add(++shared_.last_ws, c);
  auto account = book_.open();
  c->open = std::make_unique<peer>(ref, account, *c, *this, settings_.peers,
                                   random_());
  counters_.open.add();
  emit(opened{ref, std::move(account), c->get_remote_endpoint()});
  c->set_close_handler(
      [this](websocketpp::connection_hdl handle) { on_close(find(handle)); });
  // The connection owns its handlers, so they may refer to it.
  lean::link& l = *c;
  using message_ptr = connection::message_ptr;
  c->set_message_handler([this, &l](const websocketpp::connection_hdl&,
                                    const message_ptr& m) {
    guarded(&l, [&] {
      l.open->received(std::move(m->get_raw_payload()),
                       m->get_opcode() == websocketpp::frame::opcode::binary);
    });
  });
  // Our own pongs, bounded; hence never true, which would send another.
  c->set_ping_handler(
      [this, &l](const websocketpp::connection_hdl&, const std::string& text) {
        guarded(&l, [&] { l.open->ping(text); });
        return false;
      });
  c->set_pong_handler(
      [this, &l](const websocketpp::connection_hdl&, const std::string& text) {
        guarded(&l, [&] { l.open->pong(text); });
      });
  if (stopping_)
    c->open->close(close_reason::restart, stop_patience);
}

void shard_core::on_close(const connection_ptr& c) {
  if (!c || !c->open || !table_.remove(c->open->ref()))
    return;
  counters_.open.subtract();
  const close_reason seen = lean::reason_seen(*c);
  c->open->gone(seen, lean::code_seen(*c, seen));
}

// The peers' side.

void shard_core::emit(event e) {
  if (std::holds_alternative<received>(e))
    pace_.received();
  else if (std::holds_alternative<written>(e))
    pace_.sent();
  else
    pace_.moved();
  events_.push_back(std::move(e));
  end_turn();
}

void shard_core::flush_later(peer& p) {
  dirty_.push_back(p.ref());
  end_turn();
}

void shard_core::wake_at(peer& p, clock::time_point when) {
  arm_sweep(wheel_.hasten(p, when));
}

std::function<void()> shard_core::resumer(const peer& p) {
  return [this, ref = p.ref()] { resumes_.push(ref); };
}

void shard_core::end_turn() {
  if (!std::exchange(turn_open_, true))
    boost::asio::post(io_, [this] { turn_ends(); });
}

void shard_core::turn_ends() {
  flush_dirty();
  turn_open_ = false;
  if (events_.empty())
    return;
  const std::size_t brought = events_.size();
  guarded(nullptr, [this] { listener_.on_events(index_, events_); });
  events_.clear();
  const clock::time_point ended = now();
  const clock::time_point next = pace_.turn_ended(ended, brought);
  if (next > ended)
    std::this_thread::sleep_until(next);
}

void shard_core::flush_dirty() {
  while (!dirty_.empty()) {
    flushing_.swap(dirty_);
    for (const connection_ref& ref : flushing_) {
      if (const connection_ptr* found = table_.find(ref)) {
        const connection_ptr c = *found;
        guarded(c.get(), [&c] { c->open->flush(); });
      }
    }
    flushing_.clear();
  }
}

// The outbox: websocketpp/shard_outbox.hpp.

void shard_core::close_all(milliseconds spread) {
  boost::asio::post(io_, [this, spread] {
    refusing_ = true;
    const auto count = static_cast<milliseconds::rep>(table_.size());
    milliseconds::rep i = 0;
    table_.for_each([&](const connection_ptr& c) {
      c->open->close_at(now() + spread * i++ / count);
    });
  });
}

// Deadlines.

void shard_core::arm_sweep(clock::time_point when) {
  if (when >= sweep_at_)
    return;
  sweep_at_ = when;
  sweep_timer_.expires_at(when);
  sweep_timer_.async_wait([this](const error_code& ec) {
    if (!ec)
      sweep();
  });
}

void shard_core::sweep() {
  // Nothing arms the timer meanwhile; it is armed once, at the end.
  sweep_at_ = clock::time_point::min();
  wheel_.advance(now(), [this](deadline& d) {
    peer& p = static_cast<peer&>(d);
    if (const connection_ptr* found = table_.find(p.ref())) {
      const connection_ptr c = *found;
      guarded(c.get(), [&p] { p.tick(); });
    }
  });
  sweep_at_ = clock::time_point::max();
  if (const auto next = wheel_.next())
    arm_sweep(*next);
}

shared_frame_ptr make_shared_frame(std::string payload, net::ledger& book) {
  return std::make_shared<const lean::prepared_frame>(
      frame_header(opcode::text, payload.size()), std::move(payload), book);
}

std::unique_ptr<shard> make_shard(std::uint16_t index,
                                  const shard_settings& settings,
                                  shared_numbers& shared, net::ledger& book,
                                  listener& events, int listening, bool v6) {
  return std::make_unique<shard_core>(index, settings, shared, book, events,
                                      listening, v6);
}

}  // namespace wskafka::ws
