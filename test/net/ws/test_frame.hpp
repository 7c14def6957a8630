#pragma once

#include "net/ws/shared_frame.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace wskafka::test {

/// A shared frame without a socket's library.
class test_frame final : public ws::shared_frame {
 public:
  test_frame(std::string text, net::ledger& book)
      : shared_frame(
            net::shared_charge(book, net::direction::out, text.size())),
        text_(std::move(text)) {}

  static ws::shared_frame_ptr make(std::string text, net::ledger& book) {
    return std::make_shared<const test_frame>(std::move(text), book);
  }
  std::string_view payload() const override { return text_; }
  std::string_view wire_bytes() const override { return text_; }

 private:
  const std::string text_;
};

}  // namespace wskafka::test
