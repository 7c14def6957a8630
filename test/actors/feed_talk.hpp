#pragma once

#include "test/actors/broadcast_talk.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// Members that name their start, of topic "a" with one partition whose record
/// at offset n has the value "a/0/n".
struct feed_talk : broadcast_talk {
  using positions = std::map<std::int32_t, std::int64_t>;

  void resume(std::uint64_t ws, const std::string& from) {
    say(ws,
        R"({"id":1,"t":"topic","a":"subscribe","p":{"t":["a"],"broadcast":true,"from":)" +
            from + "}}");
  }
  static std::string at(std::int64_t offset) {
    return R"([{"topic":"a","partition":0,"offset":)" + std::to_string(offset) +
           "}]";
  }
  void produce(unsigned count) {
    tails().fetch({"a", 0}, count);
    w.run();
  }
  /// The tail will begin there. The first question makes the reader.
  void tails_begin_at(std::int64_t offset) {
    open(9999);
    ask(9999, R"("b")");
    start();
    CHECK(reply(9999) == "ok");
    tails().log_ends[{"a", 0}] = offset;
  }
  /// Only so many bytes are to be sent to it at a time.
  void leave_credit(std::uint64_t ws, std::size_t bytes) {
    const auto account = w.open(ws).account;
    held.emplace_back(account, net::direction::out,
                      account->delivery_credit() - bytes);
  }
  fake_history::read& read() { return w.kafka.past->last(); }
  void read_tells(kafka::history_event event) {
    read().tell(std::move(event));
    w.run();
  }
  void read_gives(std::int64_t from, std::int64_t to) {
    read().tell_records(0, from, to);
    w.run();
  }
  void tell_ranges(std::int64_t at_time = 0) {
    tails().tell_ranges(at_time);
    w.run();
  }
  /// The reply, which must be the first of what came; what came after it.
  json answered(std::uint64_t ws) {
    came[ws] = w.sockets.take(ws);
    REQUIRE(!came[ws].empty());
    json first = came[ws].front();
    came[ws].erase(came[ws].begin());
    return first;
  }
  /// Everything that it gets, one chunk after the other: offsets, and gaps as
  /// "from-to reason".
  strings got(std::uint64_t ws) {
    strings all;
    for (bool more = true; more;) {
      for (const json& frame : std::exchange(came[ws], {}))
        add(all, frame);
      more = w.sockets.write(ws);
      came[ws] = w.sockets.take(ws);
      if (more)
        put(ws::written{w.open(ws).ref});
      more = more || !came[ws].empty();
    }
    return all;
  }
  static void add(strings& all, const json& frame) {
    if (frame.is_array()) {
      for (const json& element : frame)
        all.push_back(element.at("p").get<std::string>().substr(4));
      return;
    }
    const json& p = frame.at("p");
    all.push_back(p.at("from").dump() + '-' + p.at("to").dump() + ' ' +
                  p.at("reason").get<std::string>());
  }
  static strings offsets(std::int64_t from, std::int64_t to) {
    strings all;
    for (; from < to; ++from)
      all.push_back(std::to_string(from));
    return all;
  }

  std::map<std::uint64_t, std::vector<json>> came;
  std::vector<net::charge> held;
};

}  // namespace wskafka::test
