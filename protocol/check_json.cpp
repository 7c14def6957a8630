#include "protocol/check_json.hpp"

#include "protocol/block16.hpp"

#include <string_view>

namespace wskafka::protocol {

namespace {

bool digit(char c) {
  return c >= '0' && c <= '9';
}

bool hex_digit(char c) {
  return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// A recursive descent over the text. The NUL behind it fits nowhere in the
// grammar, so no step needs to ask for the end. Each step leaves `at_` behind
// what it took, or on the byte that is wrong.
class checker {
 public:
  explicit checker(const char* text) : at_(text) {}

  const char* at() const { return at_; }
  bool too_deep() const { return too_deep_; }

  bool document(std::size_t depth) {
    space();
    if (!value(depth)) {
      return false;
    }
    space();
    return true;
  }

 private:
  bool value(std::size_t depth) {
    switch (*at_) {
      case '{':
        return enter(depth) && object(depth - 1);
      case '[':
        return enter(depth) && array(depth - 1);
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number();
    }
  }

  bool enter(std::size_t depth) {
    too_deep_ = depth == 0;
    return !too_deep_;
  }

  bool object(std::size_t depth) {
    ++at_;
    space();
    if (take('}')) {
      return true;
    }
    do {
      space();
      if (*at_ != '"' || !string()) {
        return false;
      }
      space();
      if (!take(':')) {
        return false;
      }
      space();
      if (!value(depth)) {
        return false;
      }
      space();
    } while (take(','));
    return take('}');
  }

  bool array(std::size_t depth) {
    ++at_;
    space();
    if (take(']')) {
      return true;
    }
    do {
      space();
      if (!value(depth)) {
        return false;
      }
      space();
    } while (take(','));
    return take(']');
  }

  bool string() {
    ++at_;
    while (true) {
      at_ = find_special(at_);
      if (take('"')) {
        return true;
      }
      if (!take('\\') || !escape()) {
        return false;
      }
    }
  }

  bool escape() {
    if (take('u')) {
      return hex() && hex() && hex() && hex();
    }
    // find() would find the NUL if the view held one.
    if (std::string_view("\"\\/bfnrt").find(*at_) == std::string_view::npos) {
      return false;
    }
    ++at_;
    return true;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) {
      return false;
    }
    if (take('.') && !digits()) {
      return false;
    }
    if (*at_ == 'e' || *at_ == 'E') {
      ++at_;
      if (*at_ == '+' || *at_ == '-') {
        ++at_;
      }
      return digits();
    }
    return true;
  }

  bool digits() {
    if (!digit(*at_)) {
      return false;
    }
    while (digit(*at_)) {
      ++at_;
    }
    return true;
  }

  bool hex() {
    if (!hex_digit(*at_)) {
      return false;
    }
    ++at_;
    return true;
  }

  bool literal(std::string_view word) {
    for (const char c : word) {
      if (!take(c)) {
        return false;
      }
    }
    return true;
  }

  bool take(char c) {
    if (*at_ != c) {
      return false;
    }
    ++at_;
    return true;
  }

  void space() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') {
      ++at_;
    }
  }

  const char* at_;
  bool too_deep_ = false;
};

}  // namespace

const char* find_special(const char* text) {
  unsigned bits = special_bits(text);
  while (bits == 0) {
    text += 16;
    bits = special_bits(text);
  }
  return text + first_bit(bits);
}

verdict check_json(const char* text, std::size_t size, std::size_t depth) {
  checker check(text);
  const bool sound = check.document(depth);
  const auto at = static_cast<std::size_t>(check.at() - text);
  if (sound && at == size) {
    return {};
  }
  return {check.too_deep() ? flaw::too_deep : flaw::syntax, at};
}

}  // namespace wskafka::protocol
