#pragma once

#include "tools/wskafka-load/connection.hpp"
#include "tools/wskafka-load/loop.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wskafka::load {

/// One connection and what is done with it; this one does nothing. Owned and
/// called by its loop.
class client : public connection_listener {
 public:
  explicit client(loop& owner)
      : owner_(owner), link_(owner.shared().to, *this) {}

  /// `due`: when it was to be opened.
  void open(int poll, std::int64_t due);
  connection& link() { return link_; }

  void on_open() override;
  void on_message(std::string_view text) override;
  void on_flushed() override {}
  void on_end(const std::string& why, bool asked) override;

 protected:
  /// What is left to do once the connection is open; then `ready`.
  virtual void prepare() { ready(); }
  void ready();

  loop& owner_;
  connection link_;

 private:
  std::int64_t due_ = 0;
  bool opened_ = false;
};

}  // namespace wskafka::load
