#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wskafka::load {

/// What one connection's next ack says: the last record of each partition that
/// it was sent. Raw JSON goes in and out.
class acks {
 public:
  /// A record came with this `meta`; false when that names no record.
  bool take(std::string_view meta);

  /// The message that acknowledges all of them; nothing is left then.
  std::string message();

 private:
  struct place {
    std::string topic;
    std::string partition;
    std::string offset;
  };
  std::vector<place> last_;
};

}  // namespace wskafka::load
