#pragma once

#include "net/inbox.hpp"
#include "net/ws/channels.hpp"
#include "net/ws/connection_table.hpp"
#include "net/ws/shard.hpp"
#include "net/ws/turn_pace.hpp"
#include "net/ws/websocketpp/link_calls.hpp"
#include "net/ws/websocketpp/specialised.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <thread>
#include <vector>

namespace wskafka::ws {

using lean::connection;
using lean::connection_ptr;
using std::chrono::milliseconds;

/// See `shard`. Members are destroyed bottom up: what is left in the io context
/// dies while all that it may refer to still lives.
class shard_core final : public shard,
                         public peer_host,
                         public channel_host,
                         public lean::link_owner {
 public:
  shard_core(std::uint16_t index, const shard_settings& settings,
             shared_numbers& shared, net::ledger& book, listener& events,
             int listening, bool v6);
  ~shard_core() override;

  // shard
  void start() override;
  void send(outgoing&& item) override { outbox_.push(std::move(item)); }
  void send(std::vector<outgoing>& burst) override { outbox_.push_all(burst); }
  void stop_accepting() override;
  void close_all(milliseconds spread) override;
  void stop() override;
  void join() override;
  void add_to(statistics& sum) const override { counters_.add_to(sum); }

  // peer_host
  clock::time_point now() override { return clock::now(); }
  void emit(event e) override;
  void flush_later(peer& p) override;
  void wake_at(peer& p, clock::time_point when) override;
  std::function<void()> resumer(const peer& p) override;
  counters& numbers() override { return counters_; }

  // channel_host
  peer* find_peer(const connection_ref& ref) override;
  void expect(const connection_ref& ref, bool soon) override;

  // link_owner
  void forget(lean::link& l) override;

 private:
  void run();
  void accept();
  void rest();
  void on_accept(const connection_ptr& c, const boost::system::error_code& ec);
  void adopt(connection& c);

  void set_handlers();
  bool on_validate(connection& c);
  void on_plain_http(connection& c);
  void on_fail(connection& c);
  void on_open(const connection_ptr& c);
  void on_close(const connection_ptr& c);

  void drain();
  void deliver(outgoing&& item);
  static bool is_for_channel(const outgoing& item);
  void deliver_to_channel(outgoing& item);
  void fan_out_turn();
  void end_turn();
  void turn_ends();
  void flush_dirty();
  void arm_sweep(clock::time_point when);
  void sweep();
  void begin_stop();
  void cut_off();
  void finish_if_empty();

  /// Runs a handler; what it throws ends the connection at most.
  template <class F>
  void guarded(lean::link* l, F f) noexcept;
  connection_ptr find(const websocketpp::connection_hdl& handle) {
    std::error_code ec;
    return server_.get_con_from_hdl(handle, ec);
  }
  std::vector<connection_ptr> all_links();

  const std::uint16_t index_;
  const shard_settings& settings_;
  shared_numbers& shared_;
  net::ledger& book_;
  listener& listener_;
  counters counters_;
  std::mt19937_64 random_{std::random_device{}()};

  lean::link* links_ = nullptr;
  bool stopping_ = false;
  bool accepting_ = true;
  bool refusing_ = false;
  bool turn_open_ = false;
  bool fanning_ = false;
  turn_pace pace_;
  std::vector<event> events_;
  std::vector<connection_ref> dirty_;
  std::vector<connection_ref> flushing_;
  std::vector<outgoing> drained_;
  std::vector<connection_ref> resumed_;
  clock::time_point sweep_at_ = clock::time_point::max();
  deadline_wheel wheel_{clock::now()};

  boost::asio::io_context io_{1};
  net::inbox<outgoing> outbox_;
  net::inbox<connection_ref> resumes_;
  lean::server server_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer accept_timer_;
  boost::asio::steady_timer sweep_timer_;
  boost::asio::steady_timer stop_timer_;
  std::optional<
      boost::asio::executor_work_guard<boost::asio::io_context::executor_type>>
      work_;
  connection_table<connection_ptr> table_;
  channels channels_;
  std::thread thread_;
};

template <class F>
void shard_core::guarded(lean::link* l, F f) noexcept {
  try {
    f();
  } catch (...) {
    counters_.failures.add();
    try {
      if (l && l->open)
        l->open->close(close_reason::internal);
      else if (l)
        static_cast<connection*>(l)->terminate(
            make_error_code(websocketpp::error::general));
    } catch (...) {
      // Out of memory, most likely: its deadlines end it.
      counters_.failures.add();
    }
  }
}

}  // namespace wskafka::ws
