#pragma once

#include "tools/wskafka-load/connection.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace wskafka::load {

/// A connection that asks one thing at a time and waits for the answer: what
/// comes before the load. One thread.
class control : private connection_listener {
 public:
  /// `to` outlives this; `timeout` in seconds for each answer.
  control(const endpoint& to, double timeout);

  /// Empty, or what is wrong.
  std::string open();
  /// Sends `message` with an id of its own and gives back the reply's payload.
  /// Empty, or what is wrong.
  std::string ask(nlohmann::json message, nlohmann::json& payload);
  /// Says goodbye and waits for the answer.
  void close();
  /// Whether the server runs on this machine. Only while open.
  bool same_machine() const { return link_.same_machine(); }

 private:
  void on_open() override { open_ = true; }
  void on_message(std::string_view text) override;
  void on_flushed() override {}
  void on_end(const std::string& why, bool asked) override;
  bool wait_for(const bool& condition, double patience);

  const endpoint& to_;
  const double timeout_;
  descriptor poll_;
  std::vector<char> buffer_;
  connection link_;
  bool open_ = false;
  int last_id_ = 0;
  bool answered_ = false;
  std::string answer_;
  std::string end_;
};

}  // namespace wskafka::load
