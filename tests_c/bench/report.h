/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From Google Benchmark's runs to tables with ratios and verdicts, and to JSON. A benchmark is called TABLE/ROW and
 * leaves counters called PART/STACK; all repetitions of a counter become one figure, their median.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <benchmark/benchmark.h>

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace bench
{

enum class Table {
    HANDSHAKE,
    STRANGERS,
    ABBREVIATED,
    BULK,
    MOVE,
    MEMORY
};
enum class Stack {
    OURS,
    LIBSSL,
    FLOOR,
    NOTHING
};

double Median(std::vector<double> v);
std::string CounterName(const std::string &part, Stack stack);
std::string RunName(Table table, const std::string &row);

/* One line of a table. An empty part is the total. */
struct Row {
    Table table;
    int64_t order; /* of registration; interleaved runs arrive in any */
    std::string name, part;
    std::map<Stack, std::vector<double>> samples; /* one per repetition: ns, bytes in Table::MEMORY */

    bool has(Stack s) const { return samples.count(s) != 0; }
    double value(Stack s) const { return Median(samples.at(s)); }
    /* Ours to the other, or the other's time to ours for bulk; the median of the repetitions' own ratios. */
    double ratio(Stack other) const;
};

struct Verdict {
    const Row *row;
    Stack against;
    bool required, at_most, met;
    double limit, value;
};

class Report : public benchmark::BenchmarkReporter
{
  public:
    bool ReportContext(const Context &) override { return true; }
    void ReportRuns(const std::vector<Run> &runs) override;

    void Print(std::ostream &out) const;
    void PrintJson(std::ostream &out) const;
    bool AllRequiredMet() const;
    bool failed() const { return failed_; }

  private:
    Row &RowOf(Table table, int64_t order, const std::string &name, const std::string &part);
    std::vector<Verdict> Judge(const Row &row) const;
    void PrintTable(std::ostream &out, Table table) const;
    void PrintRow(std::ostream &out, const Row &row) const;
    void PrintSummary(std::ostream &out) const;

    std::vector<Row> rows_; /* sorted by order, part */
    bool failed_ = false;
};

} // namespace bench

#endif
