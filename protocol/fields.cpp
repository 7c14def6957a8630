#include "protocol/fields.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace wskafka::protocol {

void name_list::clear(std::size_t most) {
  most_ = most;
  malformed_ = false;
  too_many_ = false;
  names_.clear();
  sorted_.clear();
}

bool name_list::add(const field& element) {
  if (element.what != kind::string) {
    malformed_ = true;
    return false;
  }
  // Sorted, so that a frame full of names costs no square of its length.
  const auto place =
      std::lower_bound(sorted_.begin(), sorted_.end(), element.text);
  if (place != sorted_.end() && *place == element.text) {
    return false;
  }
  if (names_.size() == most_) {
    too_many_ = true;
    return false;
  }
  sorted_.insert(place, element.text);
  names_.push_back(element.text);
  return true;
}

void position_list::add(const field& topic, const field& partition,
                        const field& offset) {
  std::int64_t number = 0;
  record_position one;
  one.topic = topic.text;
  if (topic.what == kind::string && !topic.repeated && !partition.repeated &&
      !offset.repeated && read_number(partition, number) &&
      number <= std::numeric_limits<std::int32_t>::max() &&
      (offset.what == kind::absent || read_number(offset, one.offset))) {
    one.partition = static_cast<std::int32_t>(number);
    positions_.push_back(one);
    offsets_ += offset.what == kind::absent ? 0 : 1;
  } else {
    malformed_ = true;
  }
}

bool read_number(const field& value, std::int64_t& number) {
  if (value.what != kind::number) {
    return false;
  }
  const char* const end = value.json.data() + value.json.size();
  const auto result = std::from_chars(value.json.data(), end, number);
  return result.ec == std::errc() && result.ptr == end && number >= 0;
}

bool key_set::repeats() {
  // Comparing each with each is the quickest for what clients really send.
  constexpr std::size_t few = 8;
  if (keys_.size() > few) {
    std::sort(keys_.begin(), keys_.end());
    return std::adjacent_find(keys_.begin(), keys_.end()) != keys_.end();
  }
  for (auto key = keys_.begin(); key != keys_.end(); ++key) {
    if (std::find(keys_.begin(), key, *key) != key) {
      return true;
    }
  }
  return false;
}

void publish_fields::clear() {
  if (!any) {
    return;
  }
  for (field* f : {&ack, &encoding, &key, &key_encoding, &partition, &timestamp,
                   &headers}) {
    *f = field{};
  }
  header_list.clear();
  // A frame full of empty headers is no reason to keep megabytes.
  constexpr std::size_t many = 1000;
  if (header_list.capacity() > many) {
    header_list.shrink_to_fit();
  }
  any = false;
}

void subscribe_fields::clear() {
  if (any) {
    for (field* f :
         {&broadcast, &meta, &commit, &window, &slow, &events, &flush,
          &flush_limit, &flush_interval, &from, &from_time}) {
      *f = field{};
    }
    from_list.clear();
    any = false;
  }
}

void offsets_fields::clear(std::size_t most_names) {
  names.limit(most_names);
  if (any) {
    for (field* f : {&topics, &at, &group}) {
      *f = field{};
    }
    names.clear(most_names);
    any = false;
  }
}

void fields::clear(std::size_t most_names) {
  for (field* f :
       {&id, &t, &a, &p, &topic, &content, &group, &detail, &limit, &offset}) {
    *f = field{};
  }
  publish.clear();
  subscribe.clear();
  offsets.clear(most_names);
  names.clear(most_names);
  listed.clear();
  shapes.clear();
  envelope_keys.clear();
  payload_keys.clear();
  broken_key = false;
}

}  // namespace wskafka::protocol
