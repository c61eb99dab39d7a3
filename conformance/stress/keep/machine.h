#ifndef DUROXIDE_CONFORMANCE_STRESS_KEEP_MACHINE_H_
#define DUROXIDE_CONFORMANCE_STRESS_KEEP_MACHINE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace duroxide::stress {

// What of a machine decides how fast it is. Nothing names the machine itself.
struct Machine {
  bool operator==(const Machine&) const = default;

  // "AMD EPYC 7B13"; the architecture where the kernel tells no model.
  std::string cpu_model;
  // That this process may use.
  int cores = 0;
  // Of the machine, or of the container where that has less.
  uint64_t memory_bytes = 0;
  // "Linux 6.1.0-18-amd64"
  std::string kernel;
  // Of the folder where the data lies: "ext4", "overlay", "tmpfs".
  std::string file_system;
};

// The machine of this process; `data` is a path on the disk that matters, or
// the path of a file to come.
Machine ThisMachine(const std::string& data);

// A short name that two machines share where their figures can be compared.
// Memory counts in GiB, since kernels keep more or less of it to themselves.
std::string Fingerprint(const Machine& machine);

// For people: "AMD EPYC 7B13, 2 cores, 7.8 GiB, Linux 6.1.0, ext4".
std::string Describe(const Machine& machine);

// What two machines differ in: "cores: 2, 8". Empty where their figures can be
// compared.
std::vector<std::string> Differences(const Machine& a, const Machine& b);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_KEEP_MACHINE_H_
