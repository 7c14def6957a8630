#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Reads what a gateway sends, in place and without building a document: a
/// load generator must cost less than what it measures. Structure is checked
/// (strings, brackets, commas); numbers and words are taken as they are.
namespace wskafka::load {

/// A reply's members as their raw JSON text, views into the frame; empty when
/// absent. `code`, `persisted` and `message` are those inside `p`.
struct reply {
  std::string_view refid;
  std::string_view type;
  std::string_view action;
  std::string_view status;
  std::string_view payload;
  std::string_view code;
  std::string_view persisted;
  std::string_view message;

  bool failed() const { return status == "1"; }
};

/// An element of a delivery, raw: views into the frame, empty when absent.
struct element {
  std::string_view payload;
  std::string_view meta;
};

/// A delivery array: appends its elements. False when `text` is no array of
/// objects; then what was appended counts for nothing.
bool scan_deliveries(std::string_view text, std::vector<element>& elements);

/// The members of a `meta` that name a record, raw.
struct record_place {
  std::string_view topic;
  std::string_view partition;
  std::string_view offset;
};

/// False when one of them is missing.
bool scan_place(std::string_view meta, record_place& into);

/// A single object. False when `text` is none.
bool scan_reply(std::string_view text, reply& into);

/// Whether the frame is an array, so a delivery.
bool is_array(std::string_view text);

/// A raw JSON string without its quotes, its escapes left as they are.
std::string_view unquoted(std::string_view raw);

}  // namespace wskafka::load
