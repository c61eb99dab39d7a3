#include "conformance/replay/replay_report.h"

#include <algorithm>
#include <iomanip>
#include <string>
#include <string_view>

#include "conformance/call_text.h"
#include "conformance/durations.h"
#include "conformance/replay/compare.h"
#include "conformance/result.h"
#include "conformance/status_text.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

std::string Milliseconds(Moment moment, Moment began) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << std::setw(8)
      << absl::ToDoubleMilliseconds(absl::FromChrono(moment - began));
  return out.str();
}

std::string NewAnswerText(const NewAnswer& answer) {
  if (!answer.status.ok()) return StatusText(answer.status);
  const std::string text = MessageText(*answer.response);
  return text.empty() ? "OK" : Concat("OK ", text);
}

void WriteLine(std::ostream& out, std::string_view label,
               std::string_view text) {
  out << "                      " << std::left << std::setw(8) << label
      << std::right << Printable(text) << "\n";
}

void WriteCall(std::ostream& out, const transcript::v1::Call& was,
               const ReplayedCall& is, Moment began, const Style& style) {
  const bool same = is.differences.empty();
  const std::string request = MessageText(*is.request);
  out << "  " << Milliseconds(is.sent, began) << "  "
      << Milliseconds(is.received, began) << "  "
      << (same ? "same   " : style.Of(Verdict::kFailed, "DIFFERS")) << "  "
      << was.method() << (request.empty() ? "" : " ") << Printable(request)
      << "\n";
  if (same) return;
  WriteLine(out, "was", OldAnswerText(was));
  WriteLine(out, "is", NewAnswerText(is.answer));
  for (const std::string& difference : is.differences) {
    WriteLine(out, "", difference);
  }
}

// True where another call was under way at the same time.
bool Overlapped(const transcript::v1::Transcript& transcript, size_t index) {
  const auto& call = transcript.calls(static_cast<int>(index));
  const auto count = std::count_if(
      transcript.calls().begin(), transcript.calls().end(),
      [&](const transcript::v1::Call& other) {
        return FromProto(other.sent()) < FromProto(call.received()) &&
               FromProto(call.sent()) < FromProto(other.received());
      });
  return count > 1;  // itself is one
}

size_t CountOverlapped(const transcript::v1::Transcript& transcript,
                       const Replay& replay) {
  size_t count = 0;
  for (size_t i = 0; i < replay.calls.size(); ++i) {
    if (replay.calls[i].differences.empty()) continue;
    if (Overlapped(transcript, i)) ++count;
  }
  return count;
}

}  // namespace

size_t CountDifferent(const Replay& replay) {
  return static_cast<size_t>(std::count_if(
      replay.calls.begin(), replay.calls.end(),
      [](const auto& call) { return !call.differences.empty(); }));
}

void WriteReplay(std::ostream& out,
                 const transcript::v1::Transcript& transcript,
                 const Replay& replay, const Style& style) {
  for (size_t i = 0; i < replay.calls.size(); ++i) {
    WriteCall(out, transcript.calls(static_cast<int>(i)), replay.calls[i],
              replay.began, style);
  }
  const size_t different = CountDifferent(replay);
  out << "\n"
      << style.Bold(Concat(
             replay.interrupted ? "Interrupted: " : "", replay.calls.size(),
             " of ", transcript.calls_size(), " calls sent, ", different,
             different == 1 ? " answer differs" : " answers differ", "."))
      << "\n";
  if (const size_t count = CountOverlapped(transcript, replay); count > 0) {
    out << count << (count == 1 ? " of them is" : " of them are")
        << " of calls that overlapped with others, which a provider may handle "
           "in another order each time.\n";
  }
}

}  // namespace duroxide::conformance
