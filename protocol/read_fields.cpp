#include "protocol/read_fields.hpp"

#include <cstring>

namespace wskafka::protocol {

namespace {

namespace ondemand = simdjson::ondemand;

// Scalars and containers come with the whitespace behind them.
std::string_view trimmed(std::string_view json) {
  const auto last = json.find_last_not_of(" \t\r\n");
  return json.substr(0, last + 1);
}

void read_string(field& to, ondemand::value value) {
  to.json = trimmed(value.raw_json_token());
  to.what = kind::string;
  to.text = to.json.substr(1, to.json.size() - 2);
  // Without escapes the text stands there already.
  if (std::memchr(to.text.data(), '\\', to.text.size()) != nullptr &&
      value.get_string().get(to.text) != simdjson::SUCCESS) {
    to.text = {};
    to.what = kind::broken_string;
  }
}

// Reads any value but leaves the inside of containers alone.
void read(field& to, ondemand::value value) {
  to.repeated = to.what != kind::absent;
  switch (value.type()) {
    case ondemand::json_type::string:
      read_string(to, value);
      return;
    case ondemand::json_type::array:
      to.what = kind::array;
      to.json = trimmed(value.get_array().value().raw_json());
      return;
    case ondemand::json_type::object:
      to.what = kind::object;
      to.json = trimmed(value.get_object().value().raw_json());
      return;
    case ondemand::json_type::number:
      to.what = kind::number;
      break;
    case ondemand::json_type::boolean:
      to.what = kind::boolean;
      break;
    case ondemand::json_type::null:
      to.what = kind::null;
      break;
  }
  to.json = trimmed(value.raw_json_token());
}

// Reads a list of names, or any other value like `read`.
void read_names(field& to, name_list& names, ondemand::value value) {
  if (value.type() != ondemand::json_type::array) {
    read(to, value);
    return;
  }
  to.repeated = to.what != kind::absent;
  to.what = kind::array;
  for (ondemand::value element : value.get_array()) {
    field name;
    if (element.type() == ondemand::json_type::string) {
      read_string(name, element);
    }
    names.add(name);
  }
}

void read_element(element_field& to, ondemand::object object);

// An object of a list: a record's place, or a topic with its shape.
void add_element(fields& to, ondemand::object object) {
  element_field& element = to.element;
  read_element(element, object);
  if (element.has_shape()) {
    to.listed.add_malformed();
  } else {
    to.listed.add(element.topic, element.partition, element.offset);
  }
  if (element.has_place()) {
    to.shapes.add_malformed();
    to.names.add({});
  } else {
    to.shapes.add(element, to.names.add(element.topic));
  }
}

// Reads a list of names, of positions or of topics with shapes, or any other
// value like `read`.
void read_list(fields& to, ondemand::value value) {
  if (value.type() != ondemand::json_type::array) {
    read(to.p, value);
    return;
  }
  to.p.repeated = to.p.what != kind::absent;
  to.p.what = kind::array;
  for (ondemand::value element : value.get_array()) {
    if (element.type() == ondemand::json_type::object) {
      add_element(to, element.get_object());
      continue;
    }
    field name;
    to.listed.add_malformed();
    if (element.type() == ondemand::json_type::string) {
      read_string(name, element);
    }
    if (!to.names.add(name)) {
      to.shapes.add_name(name.text);
    }
  }
}

// Calls `take(key, value)` for each field of the object.
template <class Take>
void each_field(ondemand::object object, key_set& keys, bool& broken_key,
                Take take) {
  for (auto field : object) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) {
      broken_key = true;
      continue;
    }
    keys.add(key);
    take(key, field.value());
  }
}

// An object of settings, or any other value like `read`.
void read_settings(element_field& to, ondemand::value value) {
  if (value.type() != ondemand::json_type::object) {
    read(to.config, value);
    return;
  }
  to.config.repeated = to.config.what != kind::absent;
  to.config.what = kind::object;
  for (auto entry : value.get_object()) {
    setting_field one;
    if (entry.unescaped_key().get(one.name) != simdjson::SUCCESS) {
      to.bad_settings = true;
    } else if (to.settings.size() <= element_field::most_settings) {
      read(one.value, entry.value());
      to.settings.push_back(one);
    }
  }
  to.sort_settings();
}

void read_element(element_field& to, ondemand::object object) {
  to.clear();
  for (auto entry : object) {
    std::string_view key;
    const bool broken = entry.unescaped_key().get(key) != simdjson::SUCCESS;
    if (key == "topic") {
      read(to.topic, entry.value());
    } else if (key == "partition") {
      read(to.partition, entry.value());
    } else if (key == "offset") {
      read(to.offset, entry.value());
    } else if (key == "partitions") {
      read(to.partitions, entry.value());
    } else if (key == "replication_factor") {
      read(to.replication_factor, entry.value());
    } else if (key == "config") {
      read_settings(to, entry.value());
    } else if (broken || !to.other) {
      to.other_key = key;
      to.other = true;
    }
  }
}

// One that is no place of a record makes the list malformed.
void read_position(position_list& to, element_field& element,
                   ondemand::object object) {
  read_element(element, object);
  if (element.has_shape()) {
    to.add_malformed();
  } else {
    to.add(element.topic, element.partition, element.offset);
  }
}

// Where a subscription starts: a list of positions, an object with a time, or
// any other value like `read`.
void read_start(subscribe_fields& to, ondemand::value value) {
  if (value.type() == ondemand::json_type::array) {
    to.from.repeated = to.from.what != kind::absent;
    to.from.what = kind::array;
    element_field scratch;
    for (ondemand::value element : value.get_array()) {
      if (element.type() == ondemand::json_type::object) {
        read_position(to.from_list, scratch, element.get_object());
      } else {
        to.from_list.add_malformed();
      }
    }
  } else if (value.type() == ondemand::json_type::object) {
    to.from.what = kind::object;
    for (auto entry : value.get_object()) {
      std::string_view key;
      if (entry.unescaped_key().get(key) == simdjson::SUCCESS &&
          key == "timestamp") {
        read(to.from_time, entry.value());
      } else {
        to.from.repeated = true;
      }
    }
  } else {
    read(to.from, value);
  }
}

// An object of a limit and an interval, or any other value like `read`.
void read_flush(subscribe_fields& to, ondemand::value value) {
  if (value.type() != ondemand::json_type::object) {
    read(to.flush, value);
    return;
  }
  to.flush.what = kind::object;
  for (auto entry : value.get_object()) {
    std::string_view key;
    if (entry.unescaped_key().get(key) != simdjson::SUCCESS) {
      to.flush.repeated = true;
    } else if (key == "limit") {
      read(to.flush_limit, entry.value());
    } else if (key == "interval") {
      read(to.flush_interval, entry.value());
    } else {
      to.flush.repeated = true;
    }
  }
}

// Keys that only some subscribes have; false when it is none of them.
bool read_more(subscribe_fields& to, std::string_view key,
               ondemand::value value) {
  if (key == "broadcast") {
    read(to.broadcast, value);
  } else if (key == "meta") {
    read(to.meta, value);
  } else if (key == "commit") {
    read(to.commit, value);
  } else if (key == "window") {
    read(to.window, value);
  } else if (key == "slow") {
    read(to.slow, value);
  } else if (key == "events") {
    read(to.events, value);
  } else if (key == "flush") {
    read_flush(to, value);
  } else if (key == "from") {
    read_start(to, value);
  } else {
    return false;
  }
  to.any = true;
  return true;
}

// Keys that only a question for offsets has; false when it is none of them.
bool read_more(offsets_fields& to, std::string_view key,
               ondemand::value value) {
  if (key == "topics") {
    read_names(to.topics, to.names, value);
  } else if (key == "at") {
    read(to.at, value);
  } else if (key == "group") {
    read(to.group, value);
  } else {
    return false;
  }
  to.any = true;
  return true;
}

void read_header(header_field& to, ondemand::array parts) {
  field* const places[] = {&to.name, &to.value, &to.encoding};
  std::size_t count = 0;
  for (ondemand::value part : parts) {
    if (count < 3) {
      read(*places[count], part);
    }
    ++count;
  }
  to.whole = count == 2 || count == 3;
}

void read_headers(publish_fields& to, ondemand::value value) {
  if (value.type() != ondemand::json_type::array) {
    read(to.headers, value);
    return;
  }
  to.headers.what = kind::array;
  for (ondemand::value element : value.get_array()) {
    if (!to.header_list.empty() && !to.header_list.back().whole) {
      continue;
    }
    header_field& header = to.header_list.emplace_back();
    if (element.type() == ondemand::json_type::array) {
      read_header(header, element.get_array());
    }
  }
}

// Keys that only some publishes have.
void read_more(publish_fields& to, std::string_view key,
               ondemand::value value) {
  field* place = nullptr;
  if (key == "ack") {
    place = &to.ack;
  } else if (key == "key") {
    place = &to.key;
  } else if (key == "partition") {
    place = &to.partition;
  } else if (key == "timestamp") {
    place = &to.timestamp;
  } else if (key == "encoding") {
    place = &to.encoding;
  } else if (key == "key_encoding") {
    place = &to.key_encoding;
  } else if (key != "headers") {
    return;
  }
  to.any = true;
  if (place != nullptr) {
    read(*place, value);
  } else {
    read_headers(to, value);
  }
}

void read_payload(fields& to, ondemand::value value) {
  if (value.type() != ondemand::json_type::object) {
    read_list(to, value);
    if (to.p.what == kind::string) {
      to.names.add(to.p);
    }
    return;
  }
  to.p.repeated = to.p.what != kind::absent;
  to.p.what = kind::object;
  each_field(value.get_object(), to.payload_keys, to.broken_key,
             [&to](std::string_view key, ondemand::value inner) {
               if (key == "t") {
                 read_names(to.topic, to.names, inner);
               } else if (key == "m") {
                 read(to.content, inner);
               } else if (key == "consumer_group") {
                 read(to.group, inner);
               } else if (key == "detail") {
                 read(to.detail, inner);
               } else if (key == "limit") {
                 read(to.limit, inner);
               } else if (key == "offset") {
                 read(to.offset, inner);
               } else if (!read_more(to.subscribe, key, inner) &&
                          !read_more(to.offsets, key, inner)) {
                 read_more(to.publish, key, inner);
               }
             });
}

}  // namespace

void read_message(fields& to, ondemand::object object) {
  each_field(object, to.envelope_keys, to.broken_key,
             [&to](std::string_view key, ondemand::value value) {
               if (key == "id") {
                 read(to.id, value);
               } else if (key == "t") {
                 read(to.t, value);
               } else if (key == "a") {
                 read(to.a, value);
               } else if (key == "p") {
                 read_payload(to, value);
               }
             });
}

}  // namespace wskafka::protocol
