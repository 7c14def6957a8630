#pragma once

#include "protocol/field.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

/// What the JSON reader found in the objects of a list: places of records, and
/// topics with their shapes.
namespace wskafka::protocol {

/// One setting of a topic.
struct setting_field {
  std::string_view name;
  field value;
};

/// One object in a list.
struct element_field {
  field topic;
  /// Of a record's place.
  field partition;
  field offset;
  /// Of a topic's shape.
  field partitions;
  field replication_factor;
  field config;
  /// Of `config`, where that is an object: by name, up to some more than may be
  /// there.
  std::vector<setting_field> settings;
  /// A key in `config` stands twice or names a lone surrogate.
  bool bad_settings = false;
  /// The first key that is none of these, and whether there is one.
  std::string_view other_key;
  bool other = false;

  /// How many settings one topic may have.
  static constexpr std::size_t most_settings = 100;

  void clear();
  /// When all are read.
  void sort_settings();
  bool has_place() const;
  bool has_shape() const;
};

/// Both say the same, key for key.
bool same_shape(const element_field& a, const element_field& b);

/// The topics with shapes of a list of topics. Each is kept once, and no more
/// of them than there may be topics.
class shape_list {
 public:
  void clear();

  /// `fresh`: no element before it had this topic's name.
  void add(const element_field& element, bool fresh);
  /// An element that is only a name, which one before it had.
  void add_name(std::string_view name);
  /// An object that has no topic, or that of a record's place.
  void add_malformed() { malformed_ = objects_ = true; }

  /// By name; those that have more than a name.
  const std::vector<element_field>& shapes() const { return shapes_; }
  bool malformed() const { return malformed_; }
  /// There was an object.
  bool objects() const { return objects_; }
  /// A topic that stood there with two shapes; empty: none.
  std::string_view ambiguous() const { return ambiguous_; }

 private:
  const element_field* find(std::string_view name) const;

  std::vector<element_field> shapes_;
  bool malformed_ = false;
  bool objects_ = false;
  std::string_view ambiguous_;
};

}  // namespace wskafka::protocol
