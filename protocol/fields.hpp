#pragma once

#include "protocol/field.hpp"
#include "protocol/message.hpp"
#include "protocol/shape_fields.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// What the JSON reader found in one message, before the protocol's rules look
/// at it: plain values, without the JSON library.
namespace wskafka::protocol {

/// The distinct elements of a list of names, in order.
class name_list {
 public:
  /// Forgets everything; from now on takes `most` names.
  void clear(std::size_t most);
  /// The same where nothing is to be forgotten.
  void limit(std::size_t most) { most_ = most; }

  /// Whether the name is new, and there is room for it.
  bool add(const field& element);

  const std::vector<std::string_view>& names() const { return names_; }
  /// An element was no string that can be read.
  bool malformed() const { return malformed_; }
  /// There were more than `most` distinct names; the rest is left out.
  bool too_many() const { return too_many_; }

 private:
  std::size_t most_ = 0;
  bool malformed_ = false;
  bool too_many_ = false;
  std::vector<std::string_view> names_;
  std::vector<std::string_view> sorted_;
};

/// The elements of a list of positions, in order.
class position_list {
 public:
  void clear() {
    positions_.clear();
    offsets_ = 0;
    malformed_ = false;
  }
  /// Each must have been there once, but the offset may be missing.
  void add(const field& topic, const field& partition, const field& offset);
  /// An element was no object of these keys alone, with numbers from 0 on that
  /// fit.
  void add_malformed() { malformed_ = true; }

  const std::vector<record_position>& positions() const { return positions_; }
  /// They are not all positions.
  bool malformed() const { return malformed_ || offsets_ < positions_.size(); }
  /// They are not all partitions without an offset.
  bool malformed_as_partitions() const { return malformed_ || offsets_ > 0; }

 private:
  std::vector<record_position> positions_;
  /// So many of them have one.
  std::size_t offsets_ = 0;
  bool malformed_ = false;
};

/// False when the value is no whole number from 0 on that fits.
bool read_number(const field& value, std::int64_t& number);

/// The keys of one object, to find those that stand twice.
class key_set {
 public:
  void clear() { keys_.clear(); }
  void add(std::string_view key) { keys_.push_back(key); }
  const std::vector<std::string_view>& keys() const { return keys_; }
  /// Reorders the keys.
  bool repeats();

 private:
  std::vector<std::string_view> keys_;
};

/// One element of `p.headers`.
struct header_field {
  field name;
  field value;
  field encoding;
  /// It is a list of two or three.
  bool whole = false;
};

/// The keys of `p` that only some publishes have.
struct publish_fields {
  field ack;
  field encoding;
  field key;
  field key_encoding;
  field partition;
  field timestamp;
  field headers;
  /// The elements of `headers`, up to the first that is not whole.
  std::vector<header_field> header_list;
  /// There is one of these.
  bool any = false;

  void clear();
};

/// The keys of `p` that only some subscribes have.
struct subscribe_fields {
  field broadcast;
  field meta;
  field commit;
  field window;
  field slow;
  field events;
  field flush;
  /// Of `p.flush`, where that is an object of these keys alone.
  field flush_limit;
  field flush_interval;
  field from;
  /// `p.from.timestamp`, where `p.from` is an object of that key alone.
  field from_time;
  position_list from_list;
  /// There is one of these.
  bool any = false;

  void clear();
};

/// The keys of `p` that only a question for offsets has.
struct offsets_fields {
  field topics;
  name_list names;
  field at;
  field group;
  /// There is one of these.
  bool any = false;

  void clear(std::size_t most_names);
};

/// One message: the envelope's values, and those of `p` that some request
/// reads.
struct fields {
  field id;
  field t;
  field a;
  field p;
  /// Keys of `p`, when it is an object.
  field topic;
  field content;
  field group;
  field detail;
  field limit;
  field offset;
  publish_fields publish;
  /// The objects in `p`, when it is a list.
  position_list listed;
  subscribe_fields subscribe;
  offsets_fields offsets;
  /// The topics with shapes in `p`, when it is a list.
  shape_list shapes;
  /// The object of a list at hand.
  element_field element;
  /// The elements of `p`, or of `p.t`, whichever is a list.
  name_list names;

  key_set envelope_keys;
  key_set payload_keys;
  /// A key in the envelope or in `p` names a lone surrogate.
  bool broken_key = false;

  /// Forgets the last message and keeps the memory.
  void clear(std::size_t most_names);
};

}  // namespace wskafka::protocol
