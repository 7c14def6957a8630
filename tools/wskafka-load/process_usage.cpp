#include "tools/wskafka-load/process_usage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <system_error>

namespace wskafka::load {
namespace {

namespace fs = std::filesystem;

/// CPU time, that of its ended threads included.
std::optional<double> cpu_seconds(int pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
    return std::nullopt;
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) / 1e9;
}

bool add_memory(int pid, process_usage& to) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  std::string line;
  bool found = false;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string name;
    std::uint64_t value = 0;
    fields >> name >> value;
    if (name == "VmRSS:") {
      to.rss_kib += value;
      found = true;
    } else if (name == "VmHWM:") {
      to.peak_kib += value;
    } else if (name == "Threads:") {
      to.threads += static_cast<int>(value);
    }
  }
  return found;
}

std::set<std::string> listening_sockets(int port) {
  const std::string suffix = fmt::format(":{:04X}", port);
  std::set<std::string> inodes;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::string number, local, remote, state, skipped, inode;
      fields >> number >> local >> remote >> state;
      for (int i = 0; i < 5; ++i)
        fields >> skipped;
      fields >> inode;
      if (state == "0A" && local.size() > suffix.size() &&
          local.compare(local.size() - suffix.size(), suffix.size(), suffix) ==
              0)
        inodes.insert(fmt::format("socket:[{}]", inode));
    }
  }
  return inodes;
}

bool holds_one(const fs::path& process, const std::set<std::string>& sockets) {
  std::error_code error;
  for (fs::directory_iterator at(process / "fd", error), end;
       !error && at != end; at.increment(error)) {
    std::error_code gone;
    const fs::path target = fs::read_symlink(at->path(), gone);
    if (!gone && sockets.count(target.string()) > 0)
      return true;
  }
  return false;
}

}  // namespace

std::optional<process_usage> read_usage(const std::vector<int>& pids) {
  process_usage sum;
  for (const int pid : pids) {
    const auto cpu = cpu_seconds(pid);
    if (!cpu || !add_memory(pid, sum))
      return std::nullopt;
    sum.cpu_s += *cpu;
  }
  if (pids.empty())
    return std::nullopt;
  return sum;
}

std::vector<int> listeners(int port) {
  const std::set<std::string> sockets = listening_sockets(port);
  std::vector<int> pids;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool process =
        std::all_of(name.begin(), name.end(),
                    [](unsigned char c) { return std::isdigit(c) != 0; });
    if (process && !sockets.empty() && holds_one(at->path(), sockets))
      pids.push_back(std::stoi(name));
  }
  return pids;
}

}  // namespace wskafka::load
