#pragma once

#include "protocol/message.hpp"
#include "protocol/parse.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What the parser's tests share.
namespace wskafka::protocol::test {

/// A parser together with the one message that a frame makes of it.
class one {
 public:
  explicit one(std::string_view frame, limits bounds = {});

  /// The message as `Request`; fails the test when it is another.
  template <class Request>
  const Request& as() const {
    return std::get<Request>(only_);
  }

  const message& get() const { return only_; }

 private:
  parser parser_;
  message only_;
};

/// The refusal's code, or "accepted".
std::string code_of(const message& m);

/// What `code_of` says about each message of the frame, blanks between.
std::string codes_of(std::string_view frame, limits bounds = {});

const envelope& head_of(const message& m);

/// `"x","x",...`, so often.
std::string repeated(const std::string& json, std::size_t times);

}  // namespace wskafka::protocol::test
