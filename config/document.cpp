#include "config/document.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>

namespace wskafka::config {

namespace {

constexpr std::size_t deepest = 16;

/// Walks the text for the parser and tells how far it has come. The parser
/// reports a key just after its closing quote, so the place it has reached is
/// the key's line.
struct cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;
  const char** reached = nullptr;

  reference operator*() const { return *at; }
  cursor& operator++() {
    *reached = ++at;
    return *this;
  }
  cursor operator++(int) {
    const cursor before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const cursor& left, const cursor& right) {
    return left.at == right.at;
  }
  friend bool operator!=(const cursor& left, const cursor& right) {
    return left.at != right.at;
  }
};

/// Receives the parser's events and builds the value.
class builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  builder(std::string_view text, const char* const& reached)
      : text_(text), reached_(reached), counted_(text.data()) {}

  document take() { return std::move(result_); }

  bool null() override { return put({nullptr}); }
  bool boolean(bool flag) override { return put({flag}); }
  bool number_integer(std::int64_t number) override { return put({number}); }
  bool number_unsigned(std::uint64_t number) override {
    if (number > std::numeric_limits<std::int64_t>::max())
      return put({static_cast<double>(number)});
    return put({static_cast<std::int64_t>(number)});
  }
  bool number_float(double number, const std::string&) override {
    return put({number});
  }
  bool string(std::string& text) override { return put({std::move(text)}); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open({object{}}); }
  bool start_array(std::size_t) override { return open({list{}}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    const unsigned line = line_here();
    level& top = levels_.back();
    const auto [first, is_new] = top.lines.emplace(name, line);
    top.name = name;
    if (!is_new)
      result_.faults.push_back(
          {line, 0, path(),
           "is given twice; first in line " + std::to_string(first->second)});
    std::get<object>(top.where->data).push_back({std::move(name), {}, line});
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    result_.root = {};
    if (text_.find_first_not_of(" \t\r\n\xef\xbb\xbf") == text_.npos) {
      result_.faults.push_back(
          {1, 0, {}, "is empty; `wskafka gen-config` prints a file to start"});
      return false;
    }
    // The position counts the bytes read, the faulty one included.
    const auto before = text_.substr(0, position > 0 ? position - 1 : 0);
    const auto start = before.rfind('\n') + 1;  // npos + 1 is 0
    counted_ = text_.data();
    line_ = 1;
    result_.faults.push_back({line_at(before.data() + before.size()),
                              static_cast<unsigned>(before.size() - start + 1),
                              {},
                              "is not valid JSON: " + reason(error.what())});
    return false;
  }

 private:
  struct level {
    value* where;
    std::string name;
    std::map<std::string, unsigned> lines;
  };

  /// The parser's words without its own name and place, and without the text
  /// it had read, which may be a secret.
  static std::string reason(std::string_view text) {
    for (const std::string_view before : {"] ", " - "})
      if (const auto at = text.find(before); at != text.npos)
        text.remove_prefix(at + before.size());
    for (const std::string_view behind : {"; last read", " parsing '"})
      text = text.substr(0, text.find(behind));
    constexpr std::size_t longest = 200;
    return std::string{text.substr(0, longest)};
  }

  std::string path() const {
    std::string result;
    for (const level& each : levels_)
      if (!each.name.empty())
        result += (result.empty() ? "" : ".") + each.name;
    return result;
  }

  unsigned line_at(const char* place) {
    for (; counted_ < place; ++counted_)
      line_ += *counted_ == '\n' ? 1 : 0;
    return line_;
  }

  unsigned line_here() { return line_at(reached_); }

  /// Where the next value goes: the root, an array's end or the last key.
  value* slot() {
    if (levels_.empty())
      return &result_.root;
    value* top = levels_.back().where;
    if (auto* items = std::get_if<list>(&top->data))
      return &items->emplace_back();
    return &std::get<object>(top->data).back().content;
  }

  bool put(value content) {
    *slot() = std::move(content);
    return true;
  }

  bool open(value container) {
    if (levels_.size() == deepest) {
      result_.faults.push_back(
          {line_here(), 0, path(),
           "is nested deeper than " + std::to_string(deepest) + " levels"});
      return false;
    }
    // An open container's parent does not grow, so the pointer stays good.
    value* where = slot();
    *where = std::move(container);
    levels_.push_back({where, {}, {}});
    return true;
  }

  bool close() {
    levels_.pop_back();
    return true;
  }

  std::string_view text_;
  const char* const& reached_;
  const char* counted_;
  unsigned line_ = 1;
  std::vector<level> levels_;
  document result_;
};

}  // namespace

document read_document(std::string_view text) {
  // The parser would take a NUL for the end. UTF-16 is full of them.
  if (const auto nul = text.find('\0'); nul != text.npos) {
    const auto line = std::count(text.begin(), text.begin() + nul, '\n') + 1;
    return {{},
            {{static_cast<unsigned>(line),
              0,
              {},
              "holds a NUL byte; it must be text in UTF-8"}}};
  }
  const char* reached = text.data();
  builder events{text, reached};
  const bool whole = nlohmann::json::sax_parse(
      cursor{text.data(), &reached},
      cursor{text.data() + text.size(), &reached}, &events,
      nlohmann::json::input_format_t::json, true, true);
  document result = events.take();
  if (!whole)
    result.root = {};
  return result;
}

}  // namespace wskafka::config
