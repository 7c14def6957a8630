#include "protocol/shape_fields.hpp"

#include <algorithm>

namespace wskafka::protocol {

namespace {

bool by_topic(const element_field& a, std::string_view name) {
  return a.topic.text < name;
}

// Numbers have one spelling each where they are whole.
bool same(const field& a, const field& b) {
  return a.what == b.what && a.json == b.json && a.repeated == b.repeated;
}

bool same_setting(const setting_field& a, const setting_field& b) {
  return a.name == b.name && a.value.what == b.value.what &&
         (a.value.what == kind::string ? a.value.text == b.value.text
                                       : a.value.json == b.value.json);
}

}  // namespace

void element_field::clear() {
  for (field* f : {&topic, &partition, &offset, &partitions,
                   &replication_factor, &config}) {
    *f = field{};
  }
  settings.clear();
  bad_settings = false;
  other_key = {};
  other = false;
}

bool element_field::has_place() const {
  return partition.what != kind::absent || offset.what != kind::absent;
}

bool element_field::has_shape() const {
  return partitions.what != kind::absent ||
         replication_factor.what != kind::absent ||
         config.what != kind::absent || other;
}

bool same_shape(const element_field& a, const element_field& b) {
  return same(a.partitions, b.partitions) &&
         same(a.replication_factor, b.replication_factor) &&
         a.config.what == b.config.what &&
         a.config.repeated == b.config.repeated &&
         a.bad_settings == b.bad_settings && a.other == b.other &&
         std::equal(a.settings.begin(), a.settings.end(), b.settings.begin(),
                    b.settings.end(), same_setting);
}

void element_field::sort_settings() {
  const auto by_name = [](const setting_field& a, const setting_field& b) {
    return a.name < b.name;
  };
  const auto same_name = [](const setting_field& a, const setting_field& b) {
    return a.name == b.name;
  };
  std::sort(settings.begin(), settings.end(), by_name);
  if (std::adjacent_find(settings.begin(), settings.end(), same_name) !=
      settings.end()) {
    bad_settings = true;
  }
}

void shape_list::clear() {
  if (!objects_) {
    return;
  }
  shapes_.clear();
  malformed_ = false;
  objects_ = false;
  ambiguous_ = {};
}

void shape_list::add(const element_field& element, bool fresh) {
  objects_ = true;
  if (element.topic.what != kind::string || element.topic.repeated) {
    malformed_ = true;
    return;
  }
  const std::string_view name = element.topic.text;
  const element_field* before = find(name);
  if (before != nullptr) {
    if (!same_shape(*before, element)) {
      ambiguous_ = name;
    }
  } else if (element.has_shape() && fresh) {
    shapes_.insert(
        std::lower_bound(shapes_.begin(), shapes_.end(), name, by_topic),
        element);
  } else if (element.has_shape()) {
    ambiguous_ = name;
  }
}

void shape_list::add_name(std::string_view name) {
  if (find(name) != nullptr) {
    ambiguous_ = name;
  }
}

const element_field* shape_list::find(std::string_view name) const {
  const auto place =
      std::lower_bound(shapes_.begin(), shapes_.end(), name, by_topic);
  return place != shapes_.end() && place->topic.text == name ? &*place
                                                             : nullptr;
}

}  // namespace wskafka::protocol
