#include "tools/wskafka-load/run.hpp"

#include "tools/wskafka-load/setup.hpp"
#include "tools/wskafka-load/stage.hpp"

namespace wskafka::load {
namespace {

constexpr const char* omission =
    "closed loop: nothing is sent while the gateway keeps us waiting, so its "
    "stalls are hardly seen (coordinated omission). Take the throughput from "
    "here, and latencies from an open loop (--rate)";

}  // namespace

std::string run(const options& asked, progress& display, result& into) {
  if (asked.closed_loop) {
    display.warn(omission);
    into.warnings.emplace_back(omission);
  }
  setup made;
  if (std::string error = prepare(asked, display, into, made); !error.empty())
    return error;
  stage on(asked, display, into, made);
  std::string error =
      asked.what == command::connect ? connect_load(on) : exchange_load(on);
  on.finish();
  return error;
}

}  // namespace wskafka::load
