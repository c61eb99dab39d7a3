#include <algorithm>

#include "conformance/capabilities.h"
#include "conformance/case.h"
#include "conformance/commands.h"
#include "conformance/exit_codes.h"
#include "conformance/layout.h"
#include "conformance/selection.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// A "!" marks a capability that the provider must not declare.
std::string NeedsOf(const Case& one, std::string_view separator) {
  std::vector<std::string> names;
  for (const v1::Capability need : one.traits.needs) {
    names.push_back(CapabilityName(need));
  }
  for (const v1::Capability lack : one.traits.absent) {
    names.push_back(Concat("!", CapabilityName(lack)));
  }
  return Join(names, separator);
}

void WriteTsv(std::ostream& out) {
  out << "category\tname\tupstream\tprofile\tclauses\tneeds\n";
  for (const Case& one : RegisteredCases()) {
    out << one.category << '\t' << one.name << '\t' << one.traits.upstream
        << '\t' << ProfileName(one.traits.profile) << '\t'
        << Join(one.traits.clauses, ",") << '\t' << NeedsOf(one, ",") << '\n';
  }
}

void WriteText(std::ostream& out) {
  std::string_view category;
  size_t widest = 0;
  for (const Case& one : RegisteredCases()) {
    widest = std::max(widest, one.name.size());
  }
  for (const Case& one : RegisteredCases()) {
    if (one.category != category) {
      out << (category.empty() ? "" : "\n") << one.category << "\n";
      category = one.category;
    }
    out << "  " << one.name << std::string(widest + 2 - one.name.size(), ' ')
        << Join(one.traits.clauses, ", ") << "\n";
  }
  out << "\n" << RegisteredCases().size() << " cases\n";
}

}  // namespace

int ListCases(ListFormat format, std::ostream& out) {
  format == ListFormat::kTsv ? WriteTsv(out) : WriteText(out);
  return kExitPassed;
}

int ExplainCase(const std::string& name, std::ostream& out, std::ostream& err) {
  const absl::StatusOr<const Case*> found = FindCase(RegisteredCases(), name);
  if (!found.ok()) {
    err << "duroxide-compat: " << found.status().message() << "\n";
    return kExitCouldNotRun;
  }
  const CaseTraits& traits = (*found)->traits;
  out << (*found)->id() << "\n";
  const Style style(/*colours=*/false);
  Layout layout(out, style);
  layout.Paragraph("profile", ProfileName(traits.profile));
  layout.Paragraph("upstream", traits.upstream);
  layout.Paragraph("needs", NeedsOf(**found, ", "));
  layout.Paragraph("proves", traits.proves);
  layout.Clauses(traits.clauses);
  layout.Paragraph("procedure", traits.procedure);
  layout.List("likely", traits.likely_causes);
  return kExitPassed;
}

}  // namespace duroxide::conformance
