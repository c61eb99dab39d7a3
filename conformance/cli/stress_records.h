#ifndef DUROXIDE_CONFORMANCE_CLI_STRESS_RECORDS_H_
#define DUROXIDE_CONFORMANCE_CLI_STRESS_RECORDS_H_

#include <CLI/CLI.hpp>
#include <vector>

#include "conformance/stress/reports/report_files.h"
#include "conformance/stress_records.h"

namespace duroxide::conformance::cli {

// Adds the flags for what runs leave behind. `options` outlives the parsing.
void AddStressRecords(CLI::App& command, StressRecordOptions& options);

// Adds --report. `reports` outlives the parsing.
void AddStressReports(CLI::App& command,
                      std::vector<stress::ReportTarget>& reports);

}  // namespace duroxide::conformance::cli

#endif  // DUROXIDE_CONFORMANCE_CLI_STRESS_RECORDS_H_
