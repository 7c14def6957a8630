#include "tools/wskafka-load/scan.hpp"

#include <cstring>

namespace wskafka::load {
namespace {

constexpr int deepest = 128;

/// A place in a JSON text. Each function takes one thing and moves on, or
/// returns false.
class cursor {
 public:
  explicit cursor(std::string_view text)
      : at_(text.data()), end_(text.data() + text.size()) {}

  bool at_end() {
    blanks();
    return at_ == end_;
  }

  bool take(char wanted) {
    blanks();
    if (at_ == end_ || *at_ != wanted)
      return false;
    ++at_;
    return true;
  }

  bool string(std::string_view& raw) {
    const char* const start = at_;
    if (!take('"'))
      return false;
    const char* const quote = at_ - 1;
    while (true) {
      const auto left = static_cast<std::size_t>(end_ - at_);
      const auto* closing =
          static_cast<const char*>(std::memchr(at_, '"', left));
      if (closing == nullptr) {
        at_ = start;
        return false;
      }
      // Escaped if an odd number of backslashes stands before it.
      const char* before = closing;
      while (before > at_ && before[-1] == '\\')
        --before;
      at_ = closing + 1;
      if ((closing - before) % 2 == 0)
        break;
    }
    raw = {quote, static_cast<std::size_t>(at_ - quote)};
    return true;
  }

  bool value(std::string_view& raw, int depth) {
    blanks();
    const char* const start = at_;
    if (at_ == end_ || depth > deepest)
      return false;
    const auto nothing = [](auto&&...) { return true; };
    bool good = true;
    if (*at_ == '"')
      return string(raw);
    if (*at_ == '{')
      good = object(nothing, depth);
    else if (*at_ == '[')
      good = array(
          [this, depth] {
            std::string_view ignored;
            return value(ignored, depth + 1);
          },
          depth);
    else
      good = word();
    raw = {start, static_cast<std::size_t>(at_ - start)};
    return good;
  }

  /// `on_member(key, value)`, both raw; false from it ends the scan.
  template <class F>
  bool object(const F& on_member, int depth) {
    if (!take('{'))
      return false;
    if (take('}'))
      return true;
    do {
      std::string_view key;
      std::string_view raw;
      if (!string(key) || !take(':') || !value(raw, depth + 1) ||
          !on_member(key, raw))
        return false;
    } while (take(','));
    return take('}');
  }

  /// `on_element()` takes the element itself.
  template <class F>
  bool array(const F& on_element, int) {
    if (!take('['))
      return false;
    if (take(']'))
      return true;
    do {
      if (!on_element())
        return false;
    } while (take(','));
    return take(']');
  }

 private:
  void blanks() {
    while (at_ != end_ &&
           (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r'))
      ++at_;
  }

  /// A number, true, false or null.
  bool word() {
    const char* const start = at_;
    while (at_ != end_ && std::strchr(",]}:{[\" \t\r\n", *at_) == nullptr)
      ++at_;
    return at_ != start;
  }

  const char* at_;
  const char* end_;
};

}  // namespace

bool is_array(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '[';
}

std::string_view unquoted(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"')
    return {};
  return raw.substr(1, raw.size() - 2);
}

bool scan_deliveries(std::string_view text, std::vector<element>& elements) {
  cursor at(text);
  const auto take = [&] {
    element one;
    const auto member = [&](std::string_view key, std::string_view raw) {
      if (key == "\"p\"")
        one.payload = raw;
      else if (key == "\"meta\"")
        one.meta = raw;
      return true;
    };
    if (!at.object(member, 1))
      return false;
    elements.push_back(one);
    return true;
  };
  return at.array(take, 0) && at.at_end();
}

bool scan_place(std::string_view meta, record_place& into) {
  const auto member = [&](std::string_view key, std::string_view raw) {
    if (key == "\"topic\"")
      into.topic = raw;
    else if (key == "\"partition\"")
      into.partition = raw;
    else if (key == "\"offset\"")
      into.offset = raw;
    return true;
  };
  return cursor(meta).object(member, 1) && !into.topic.empty() &&
         !into.partition.empty() && !into.offset.empty();
}

bool scan_reply(std::string_view text, reply& into) {
  const auto member = [&](std::string_view key, std::string_view raw) {
    if (key == "\"refid\"")
      into.refid = raw;
    else if (key == "\"t\"")
      into.type = raw;
    else if (key == "\"a\"")
      into.action = raw;
    else if (key == "\"s\"")
      into.status = raw;
    else if (key == "\"p\"")
      into.payload = raw;
    return true;
  };
  cursor at(text);
  if (!at.object(member, 0) || !at.at_end())
    return false;
  if (into.payload.empty() || into.payload.front() != '{')
    return true;
  const auto detail = [&](std::string_view key, std::string_view raw) {
    if (key == "\"code\"")
      into.code = raw;
    else if (key == "\"persisted\"")
      into.persisted = raw;
    else if (key == "\"message\"")
      into.message = raw;
    return true;
  };
  return cursor(into.payload).object(detail, 1);
}

}  // namespace wskafka::load
