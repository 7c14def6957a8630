#pragma once

#include "net/ws/shared_frame.hpp"

#include <memory>
#include <string>
#include <utility>

namespace wskafka::test {

/// A shared frame without a socket's library.
struct test_frame final : ws::shared_frame {
  test_frame(std::string text, net::ledger& book)
      : shared_frame(
            net::shared_charge(book, net::direction::out, text.size())),
        payload(std::move(text)) {}

  static ws::shared_frame_ptr make(std::string text, net::ledger& book) {
    return std::make_shared<const test_frame>(std::move(text), book);
  }
  static const std::string& text_of(const ws::shared_frame_ptr& frame) {
    return static_cast<const test_frame&>(*frame).payload;
  }

  const std::string payload;
};

}  // namespace wskafka::test
