#include <string>
#include <string_view>

#include "conformance/capabilities.h"
#include "conformance/durations.h"
#include "conformance/reports/html_parts.h"
#include "conformance/reports/xml_text.h"
#include "conformance/text.h"
#include "conformance/words.h"

namespace duroxide::conformance {
namespace {

// Parts of a whole as coloured stretches of a bar. `label` says in words what
// it shows; empty where the text beside it does.
std::string Bar(const Tally& tally, std::string_view label) {
  std::string bar =
      label.empty() ? "<div class=\"bar\" aria-hidden=\"true\">"
                    : Concat("<div class=\"bar\" role=\"img\" aria-label=\"",
                             label, "\">");
  for (const Verdict verdict : kAllVerdicts) {
    const size_t count = tally.Of(verdict);
    if (count == 0) continue;
    bar += Concat("<span class=\"", VerdictKey(verdict),
                  "\" style=\"flex-grow:", count, "\"></span>");
  }
  return bar + "</div>";
}

void WriteGroups(std::ostream& out, std::string_view what, const auto& tallies,
                 auto name_of) {
  out << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"By "
      << what << "\"><table class=\"groups\"><thead><tr><th scope=\"col\">"
      << what
      << "</th><th scope=\"col\" class=\"wide\"><span "
         "class=\"unseen\">Bar</span></th>";
  for (const Verdict verdict : kAllVerdicts) {
    out << "<th scope=\"col\" class=\"number\">" << VerdictName(verdict)
        << "</th>";
  }
  out << "<th scope=\"col\" class=\"number\">score</th>"
         "<th scope=\"col\" "
         "class=\"number\">seconds</th></tr></thead><tbody>\n";
  for (const auto& [key, tally] : tallies) {
    out << "<tr><th scope=\"row\">" << name_of(key)
        << "</th><td class=\"wide\">" << Bar(tally, "") << "</td>";
    for (const Verdict verdict : kAllVerdicts) {
      const size_t count = tally.Of(verdict);
      out << "<td class=\"number "
          << (count == 0 ? "none" : VerdictKey(verdict)) << "\">" << count
          << "</td>";
    }
    out << "<td class=\"number\">" << PercentText(tally.score())
        << "</td><td class=\"number\">" << SecondsText(tally.elapsed())
        << "</td></tr>\n";
  }
  out << "</tbody></table></div>\n";
}

// A name and what goes with it; the value is HTML.
void WriteFact(std::ostream& out, std::string_view name,
               std::string_view value) {
  out << "<div><dt>" << name << "</dt><dd>" << value << "</dd></div>\n";
}

std::string CapabilitiesText(const v1::GetProviderInfoResponse& provider) {
  std::string text;
  for (const int capability : provider.capabilities()) {
    text += Concat(
        "<code>",
        HtmlText(CapabilityName(static_cast<v1::Capability>(capability))),
        "</code> ");
  }
  return text.empty() ? "none" : text;
}

}  // namespace

void WriteHtmlHead(std::ostream& out, const RunResult& run,
                   const RunInfo& info) {
  const RunConditions& conditions = run.conditions;
  out << "<header class=\"page " << RunVerdictKey(run)
      << "\">\n<p class=\"tool\">duroxide-compat "
      << HtmlText(info.tool_version) << "</p>\n<h1><span class=\"verdict\">"
      << RunVerdictText(run) << "</span> "
      << HtmlText(conditions.provider.name()) << " "
      << HtmlText(conditions.provider.version()) << "</h1>\n<p class=\"words\">"
      << RunInWords(run) << "</p>\n<p class=\"when\">Contract "
      << HtmlText(conditions.provider.contract_version()) << ", started <time>"
      << TimeText(conditions.started_at) << "</time>, took "
      << SecondsText(run.elapsed) << " s</p>\n</header>\n";
}

void WriteHtmlSummary(std::ostream& out, const RunResult& run) {
  const Tally all = TallyOf(run);
  out << "<ul class=\"tiles\">\n<li class=\"score\"><span class=\"figure\">"
      << PercentText(all.score()) << "</span> score: " << all.score().passed
      << " of " << all.score().applicable << " that apply</li>\n";
  for (const Verdict verdict : kAllVerdicts) {
    out << "<li class=\""
        << (all.Of(verdict) == 0 ? "none" : VerdictKey(verdict))
        << "\"><span class=\"figure\">" << all.Of(verdict) << "</span> "
        << VerdictName(verdict) << "</li>\n";
  }
  out << "</ul>\n" << Bar(all, RunInWords(run)) << "\n";
  WriteGroups(out, "profile", TallyByProfile(run), &ProfileName);
  WriteGroups(out, "category", TallyByCategory(run),
              [](std::string_view name) { return name; });
}

void WriteHtmlConditions(std::ostream& out, const RunResult& run,
                         const RunInfo& info) {
  const RunConditions& conditions = run.conditions;
  const v1::ProviderLimits& limits = conditions.provider.limits();
  out << "<dl class=\"facts\">\n";
  WriteFact(out, "Provider",
            Concat(HtmlText(conditions.provider.name()), " ",
                   HtmlText(conditions.provider.version())));
  WriteFact(out, "Contract", HtmlText(conditions.provider.contract_version()));
  WriteFact(out, "Capabilities", CapabilitiesText(conditions.provider));
  WriteFact(out, "Limits",
            Concat(limits.max_message_bytes(), " bytes a message, ",
                   limits.max_batch_items(), " items a batch, polls of up to ",
                   absl::FormatDuration(FromProto(limits.max_poll_timeout()))));
  WriteFact(out, "Endpoints", HtmlText(Join(conditions.endpoints, ", ")));
  WriteFact(out, "Isolation", IsolationName(conditions.isolation));
  WriteFact(out, "Cases at a time", std::to_string(conditions.jobs));
  WriteFact(out, "Lock time", absl::FormatDuration(conditions.lock_timeout));
  WriteFact(out, "Seed",
            Concat(conditions.seed, conditions.shuffled ? ", shuffled" : ""));
  WriteFact(out, "Round trip",
            Concat(ShortText(conditions.round_trip), ", slowest ",
                   ShortText(conditions.slowest_round_trip)));
  WriteFact(out, "Provider's clock", ClockText(conditions));
  WriteFact(out, "Runner",
            Concat("duroxide-compat ", HtmlText(info.tool_version), " on ",
                   HtmlText(info.environment.system), ", ",
                   HtmlText(info.environment.machine), ", ",
                   info.environment.processors, " processors"));
  WriteFact(out, "Command",
            Concat("<code>", HtmlText(info.command), "</code>"));
  out << "</dl>\n";
}

}  // namespace duroxide::conformance
