/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of report.h. limits.def says what is required; nothing here knows a number of its own. */
#include "report.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <ostream>
#include <tuple>

namespace bench
{
namespace
{

struct Limit {
    Table table;
    const char *rows;
    Stack against;
    bool required, at_most;
    double value;
};

constexpr bool AT_MOST = true, AT_LEAST = false;
constexpr Limit limits[] = {
#define LIMIT(table, rows, against, relation, value) \
    { Table::table, rows, Stack::against, true, relation, value },
#define GOAL(table, rows, against, relation, value) \
    { Table::table, rows, Stack::against, false, relation, value },
#include "limits.def"
#undef LIMIT
#undef GOAL
};

const std::map<Table, const char *> table_names = { { Table::HANDSHAKE, "handshake" },
                                                    { Table::STRANGERS, "strangers" },
                                                    { Table::ABBREVIATED, "abbreviated" },
                                                    { Table::BULK, "bulk" },
                                                    { Table::MOVE, "move" },
                                                    { Table::MEMORY, "memory" } };
const std::map<Stack, const char *> stack_names = { { Stack::OURS, "ours" },
                                                    { Stack::LIBSSL, "libssl" },
                                                    { Stack::FLOOR, "floor" },
                                                    { Stack::NOTHING, "itself" } };
const std::map<Table, const char *> titles = {
    { Table::HANDSHAKE,
      "Full handshakes, us of CPU (new objects; chain and host name verified, ours remembers the chain)" },
    { Table::STRANGERS, "The same with a server certificate never met before, us of CPU" },
    { Table::ABBREVIATED,
      "Handshakes without certificates, us of CPU (new objects; one saved session or key for all)" },
    { Table::BULK, "Bulk data on one core, MB/s, one record per call" },
    { Table::MOVE, "Moving a connection, us of CPU" },
    { Table::MEMORY, "Heap bytes of one live server connection" },
};

template <typename Key> Key KeyOf(const std::map<Key, const char *> &names, const std::string &name)
{
    auto found =
        std::find_if(names.begin(), names.end(), [&](const auto &entry) { return name == entry.second; });
    return found->first;
}

std::string Format(const char *format, ...) __attribute__((format(printf, 1, 2)));
std::string Format(const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    std::vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return text;
}

/* The size in a bulk row's name, "16K" or "64". */
double RecordBytes(const std::string &name)
{
    std::string size = name.substr(name.rfind(' ') + 1);
    return std::stod(size) * (size.back() == 'K' ? 1024 : 1);
}

/* A figure in the unit that the table's title names. */
std::string Shown(const Row &row, double value)
{
    switch (row.table) {
    case Table::BULK:
        return Format("%.0f", RecordBytes(row.name) / value * 1000);
    case Table::MEMORY:
        return Format("%.0f", value);
    case Table::MOVE:
        return Format("%.2f", value / 1000);
    case Table::HANDSHAKE:
    case Table::STRANGERS:
    case Table::ABBREVIATED:
        break;
    }
    return Format("%.1f", value / 1000);
}

/* What limits.def is matched with: size and direction stand between blanks. */
std::string Label(const Row &row)
{
    return row.part.empty() ? row.name : row.name + " " + row.part;
}

/* One side of a handshake, not the whole. */
bool IsSide(const Row &row)
{
    bool handshake =
        row.table == Table::HANDSHAKE || row.table == Table::STRANGERS || row.table == Table::ABBREVIATED;
    return handshake && !row.part.empty();
}

std::string Word(const Verdict &v)
{
    if (v.required) {
        return v.met ? "met" : "MISSED";
    }
    return v.met ? "goal" : "-";
}

std::string Sentence(const Verdict &v)
{
    return Format("%-40s %s %.3g, %s %.3g", Label(*v.row).c_str(),
                  v.against == Stack::NOTHING ? "is"
                                              : (std::string("to ") + stack_names.at(v.against)).c_str(),
                  v.value, v.at_most ? "at most" : "at least", v.limit);
}

} // namespace

double Median(std::vector<double> v)
{
    if (v.empty()) {
        return 0;
    }
    std::sort(v.begin(), v.end());
    size_t half = v.size() / 2;
    return v.size() % 2 != 0 ? v[half] : (v[half - 1] + v[half]) / 2;
}

std::string CounterName(const std::string &part, Stack stack)
{
    return part + "/" + stack_names.at(stack);
}

std::string RunName(Table table, const std::string &row)
{
    return std::string(table_names.at(table)) + "/" + row;
}

double Row::ratio(Stack other) const
{
    const std::vector<double> &mine = samples.at(Stack::OURS), &theirs = samples.at(other);
    std::vector<double> ratios;
    for (size_t i = 0; i < std::min(mine.size(), theirs.size()); i++) {
        ratios.push_back(table == Table::BULK ? theirs[i] / mine[i] : mine[i] / theirs[i]);
    }
    return Median(ratios);
}

Row &Report::RowOf(Table table, int64_t order, const std::string &name, const std::string &part)
{
    auto place =
        std::lower_bound(rows_.begin(), rows_.end(), std::tie(order, part),
                         [](const Row &row, const auto &key) { return std::tie(row.order, row.part) < key; });
    if (place == rows_.end() || place->order != order || place->part != part) {
        place = rows_.insert(place, { table, order, name, part, {} });
    }
    return *place;
}

void Report::ReportRuns(const std::vector<Run> &runs)
{
    for (const Run &run : runs) {
        if (run.error_occurred) {
            failed_ = true;
            std::fprintf(stderr, "%s: %s\n", run.benchmark_name().c_str(), run.error_message.c_str());
            continue;
        }
        if (run.run_type != Run::RT_Iteration) {
            continue;
        }
        const std::string &name = run.run_name.function_name;
        size_t slash = name.find('/');
        Table table = KeyOf(table_names, name.substr(0, slash));
        for (const auto &counter : run.counters) {
            size_t cut = counter.first.find('/');
            Stack stack = KeyOf(stack_names, counter.first.substr(cut + 1));
            RowOf(table, run.family_index, name.substr(slash + 1), counter.first.substr(0, cut))
                .samples[stack]
                .push_back(counter.second.value);
        }
    }
}

/* Limits are about totals; the sides of a handshake are shown without a verdict. */
std::vector<Verdict> Report::Judge(const Row &row) const
{
    std::vector<Verdict> verdicts;
    std::string label = Label(row) + " ";
    for (const Limit &limit : limits) {
        if (limit.table != row.table || IsSide(row) || label.find(limit.rows) == std::string::npos ||
            !row.has(Stack::OURS) || (limit.against != Stack::NOTHING && !row.has(limit.against))) {
            continue;
        }
        Verdict v = { &row, limit.against, limit.required, limit.at_most, false, limit.value, 0 };
        v.value = limit.against == Stack::NOTHING ? row.value(Stack::OURS) : row.ratio(limit.against);
        v.met = limit.at_most ? v.value <= limit.value : v.value >= limit.value;
        verdicts.push_back(v);
    }
    return verdicts;
}

void Report::PrintRow(std::ostream &out, const Row &row) const
{
    out << Format("  %-44s", IsSide(row) ? ("    " + row.part).c_str() : Label(row).c_str());
    for (Stack stack : { Stack::OURS, Stack::LIBSSL, Stack::FLOOR }) {
        out << Format("%10s", row.has(stack) ? Shown(row, row.value(stack)).c_str() : "");
    }
    for (Stack stack : { Stack::LIBSSL, Stack::FLOOR }) {
        bool both = row.has(Stack::OURS) && row.has(stack);
        out << Format("%13s", both ? Format("%.2f", row.ratio(stack)).c_str() : "");
    }
    std::string words;
    bool missed = false;
    for (const Verdict &v : Judge(row)) {
        missed = missed || (v.required && !v.met);
        if (v.required || v.met) {
            words = missed ? "MISSED" : v.required && !words.empty() ? words : Word(v);
        }
    }
    out << (words.empty() ? "" : "   ") << words << "\n";
}

void Report::PrintTable(std::ostream &out, Table table) const
{
    bool any = false;
    for (const Row &row : rows_) {
        if (row.table != table) {
            continue;
        }
        if (!any) {
            out << "\n" << titles.at(table) << "\n";
            out << Format("  %-44s%10s%10s%10s%13s%13s\n", "", "ours", "libssl", "floor",
                          table == Table::BULK ? "of libssl" : "to libssl",
                          table == Table::BULK ? "of floor" : "to floor");
            any = true;
        }
        PrintRow(out, row);
    }
}

void Report::PrintSummary(std::ostream &out) const
{
    size_t met = 0, goals = 0, all_goals = 0;
    std::vector<Verdict> missed;
    for (const Row &row : rows_) {
        for (const Verdict &v : Judge(row)) {
            if (!v.required) {
                all_goals++;
                goals += v.met ? 1 : 0;
            } else if (v.met) {
                met++;
            } else {
                missed.push_back(v);
            }
        }
    }
    out << Format("\nRequired limits: %zu met, %zu MISSED. Goals: %zu of %zu reached.\n", met, missed.size(),
                  goals, all_goals);
    for (const Verdict &v : missed) {
        out << "  MISSED " << Sentence(v) << "\n";
    }
}

void Report::Print(std::ostream &out) const
{
    for (const auto &entry : titles) {
        PrintTable(out, entry.first);
    }
    PrintSummary(out);
}

bool Report::AllRequiredMet() const
{
    for (const Row &row : rows_) {
        for (const Verdict &v : Judge(row)) {
            if (v.required && !v.met) {
                return false;
            }
        }
    }
    return true;
}

void Report::PrintJson(std::ostream &out) const
{
    out << "{\"rows\": [";
    for (const Row &row : rows_) {
        out << (&row == rows_.data() ? "\n" : ",\n");
        out << Format(" {\"table\": \"%s\", \"row\": \"%s\", \"part\": \"%s\", \"unit\": \"%s\"",
                      table_names.at(row.table), row.name.c_str(), row.part.c_str(),
                      row.table == Table::MEMORY ? "bytes" : "ns");
        for (const auto &entry : row.samples) {
            const char *stack = stack_names.at(entry.first);
            out << Format(", \"%s\": %.6g, \"%s_samples\": [", stack, row.value(entry.first), stack);
            for (size_t i = 0; i < entry.second.size(); i++) {
                out << Format("%s%.6g", i == 0 ? "" : ", ", entry.second[i]);
            }
            out << "]";
        }
        out << ", \"verdicts\": [";
        const char *comma = "";
        for (const Verdict &v : Judge(row)) {
            out << Format(
                "%s{\"against\": \"%s\", \"required\": %s, \"%s\": %.6g, \"value\": %.6g, \"met\": %s}",
                comma, stack_names.at(v.against), v.required ? "true" : "false",
                v.at_most ? "at_most" : "at_least", v.limit, v.value, v.met ? "true" : "false");
            comma = ", ";
        }
        out << "]}";
    }
    out << Format("\n],\n \"all_required_met\": %s}\n", AllRequiredMet() ? "true" : "false");
}

} // namespace bench
