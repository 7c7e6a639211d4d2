/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The benchmark program: the same work done by this library, by libssl and by bare libcrypto calls, taking turns
 * within every round, so that what disturbs the machine disturbs all three and ratios hold. Each row is a Google
 * Benchmark whose repetitions are interleaved with those of all other rows.
 *
 *     s2n_bench [--quick] [--json FILE] [--strict] [--cpu N] [Google Benchmark's own options]
 */
#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>

#include "cases.h"
#include "memory.h"
#include "report.h"

namespace bench
{

double ClockCost()
{
    static const double cost = [] {
        std::vector<double> deltas;
        for (int i = 0; i < 1001; i++) {
            uint64_t before = CpuNow();
            deltas.push_back(static_cast<double>(CpuNow() - before));
        }
        return Median(deltas);
    }();
    return cost;
}

namespace
{

struct Options {
    bool quick = false, strict = false;
    int cpu = -1;
    std::string json;
    std::vector<char *> rest; /* for Google Benchmark */
};

/* Figures of one run of one benchmark, by counter. */
class Figures
{
  public:
    void Add(const std::string &part, Stack stack, double value)
    {
        samples_[CounterName(part, stack)].push_back(value);
    }
    void Add(const Sides &s, Stack stack)
    {
        Add("", stack, s.client + s.server);
        Add("server", stack, s.server);
        Add("client", stack, s.client);
    }
    void Store(benchmark::State &state) const
    {
        for (const auto &entry : samples_) {
            state.counters[entry.first] = Median(entry.second);
        }
    }

  private:
    std::map<std::string, std::vector<double>> samples_;
};

/* The time of a round decides how many rounds Google Benchmark runs; the figures come from the stacks' own clocks.
 * A stack is made at its first use, because most of them are not used when a filter is given. */
template <typename Stacks>
void Rounds(benchmark::State &state, std::unique_ptr<Stacks> *stacks, const std::function<Stacks *()> &make)
{
    Figures figures;
    try {
        if (*stacks == nullptr) {
            stacks->reset(make());
        }
        (*stacks)->Round(nullptr); /* warm caches */
        for (auto _ : state) {
            uint64_t start = CpuNow();
            (*stacks)->Round(&figures);
            state.SetIterationTime(static_cast<double>(CpuNow() - start) / 1e9);
        }
    } catch (const std::exception &e) {
        state.SkipWithError(e.what());
        return;
    }
    figures.Store(state);
}

template <typename Stacks, typename... Args>
benchmark::internal::Benchmark *Register(Table table, const std::string &row, Args... args)
{
    auto stacks = std::make_shared<std::unique_ptr<Stacks>>();
    std::function<Stacks *()> make = [args...] { return new Stacks(args...); };
    return benchmark::RegisterBenchmark(
               RunName(table, row).c_str(),
               [stacks, make](benchmark::State &state) { Rounds<Stacks>(state, stacks.get(), make); })
        ->UseManualTime();
}

struct HandshakeStacks {
    explicit HandshakeStacks(HandshakeCase c)
        : ours(OursHandshaker(c)), libssl(LibsslHandshaker(c)), floor(FloorHandshaker(c))
    {
    }

    void Round(Figures *figures)
    {
        Turn(*ours, Stack::OURS, figures);
        Turn(*libssl, Stack::LIBSSL, figures);
        Turn(*floor, Stack::FLOOR, figures);
    }
    static void Turn(Handshaker &h, Stack stack, Figures *figures)
    {
        const int turn = 4;
        h.Once(); /* the stack before has filled the caches with its own code */
        for (int i = 0; i < turn && figures != nullptr; i++) {
            figures->Add(h.Once(), stack);
        }
    }

    std::unique_ptr<Handshaker> ours, libssl, floor;
};

struct BulkStacks {
    BulkStacks(CipherCase c, SizeCase s)
        : count(static_cast<double>(s.count)), ours(OursBulk(c, s)), libssl(LibsslBulk(c, s)),
          floor(FloorBulk(c, s))
    {
    }

    void Round(Figures *figures)
    {
        Turn(*ours, Stack::OURS, figures);
        Turn(*libssl, Stack::LIBSSL, figures);
        Turn(*floor, Stack::FLOOR, figures);
    }
    void Turn(Bulk &b, Stack stack, Figures *figures) const
    {
        double send = b.Send() / count, receive = b.Receive() / count;
        if (figures != nullptr) {
            figures->Add("send", stack, send);
            figures->Add("receive", stack, receive);
        }
    }

    double count;
    std::unique_ptr<Bulk> ours, libssl, floor;
};

struct MoveStacks {
    explicit MoveStacks(CipherCase c) : ours(OursMover(c)), floor(FloorMover(c)) {}

    void Round(Figures *figures)
    {
        Mover::Times mine = ours->Once(), least = floor->Once();
        if (figures != nullptr) {
            figures->Add("deserialize", Stack::OURS, mine.deserialize);
            figures->Add("serialize", Stack::OURS, mine.serialize);
            figures->Add("first byte out", Stack::OURS, mine.first_byte);
            figures->Add("deserialize", Stack::FLOOR, least.deserialize);
            figures->Add("first byte out", Stack::FLOOR, least.first_byte);
        }
    }

    std::unique_ptr<Mover> ours, floor;
};

void RegisterMemory(size_t n)
{
    for (const HandshakeCase &c : { handshake_cases[0], handshake_cases[4] }) {
        auto weigh = [c, n](benchmark::State &state) {
            try {
                for (auto _ : state) {
                    char order = '1'; /* counters come back sorted by name */
                    Weights mine = Weigh(OursIdle, c, n), theirs = Weigh(LibsslIdle, c, n);
                    for (size_t i = 0; i < mine.size(); i++, order++) {
                        std::string stage = std::string(1, order) + " " + mine[i].first;
                        state.counters[CounterName(stage, Stack::OURS)] = mine[i].second;
                        state.counters[CounterName(stage, Stack::LIBSSL)] = theirs[i].second;
                    }
                }
            } catch (const std::exception &e) {
                state.SkipWithError(e.what());
            }
        };
        benchmark::RegisterBenchmark(RunName(Table::MEMORY, c.name).c_str(), weigh)
            ->Iterations(1)
            ->Repetitions(1);
    }
}

void RegisterAll(const Options &o)
{
    int repetitions = o.quick ? 3 : 5;
    double handshake = o.quick ? 0.25 : 1.0, bulk = o.quick ? 0.06 : 0.35;
    RegisterMemory(o.quick ? 200 : 500);
    for (const HandshakeCase &c : handshake_cases) {
        Register<HandshakeStacks>(Table::HANDSHAKE, c.name, c)->MinTime(handshake)->Repetitions(repetitions);
    }
    for (const HandshakeCase &c : stranger_cases) {
        Register<HandshakeStacks>(Table::STRANGERS, c.name, c)->MinTime(handshake)->Repetitions(repetitions);
    }
    for (const HandshakeCase &c : abbreviated_cases) {
        Register<HandshakeStacks>(Table::ABBREVIATED, c.name, c)
            ->MinTime(handshake)
            ->Repetitions(repetitions);
    }
    for (const CipherCase &c : cipher_cases) {
        for (const SizeCase &s : size_cases) {
            std::string row = std::string(c.name) + " " + s.name;
            Register<BulkStacks>(Table::BULK, row, c, s)->MinTime(bulk)->Repetitions(repetitions);
        }
        if (c.cipher == Cipher::aes128gcm) {
            Register<MoveStacks>(Table::MOVE, c.name, c)->MinTime(bulk)->Repetitions(repetitions);
        }
    }
}

int Usage()
{
    std::fputs(
        "usage: s2n_bench [--quick] [--json FILE] [--strict] [--cpu N] [--benchmark_filter=REGEX ...]\n"
        "  --quick      half a minute instead of some minutes\n"
        "  --json FILE  all figures, ratios and verdicts\n"
        "  --strict     exit with 1 when a required limit is missed\n"
        "  --cpu N      stay on this processor\n",
        stderr);
    return 2;
}

bool Parse(int argc, char **argv, Options *o)
{
    static char interleave[] = "--benchmark_enable_random_interleaving=true";
    o->rest = { argv[0], interleave };
    for (int i = 1; i < argc; i++) {
        std::string arg = argv[i];
        if (arg == "--quick") {
            o->quick = true;
        } else if (arg == "--strict") {
            o->strict = true;
        } else if (arg == "--json" && i + 1 < argc) {
            o->json = argv[++i];
        } else if (arg == "--cpu" && i + 1 < argc) {
            o->cpu = std::atoi(argv[++i]);
        } else if (arg.rfind("--benchmark_", 0) == 0) {
            o->rest.push_back(argv[i]);
        } else {
            return false;
        }
    }
    return true;
}

void Pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<size_t>(cpu), &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0) {
        std::perror("--cpu");
    }
}

int Run(Options &o)
{
    Report report;
    int argc = static_cast<int>(o.rest.size());
    benchmark::Initialize(&argc, o.rest.data());
    RegisterAll(o);
    benchmark::RunSpecifiedBenchmarks(&report);
    report.Print(std::cout);
    if (!o.json.empty()) {
        std::ofstream file(o.json);
        report.PrintJson(file);
        if (!file.flush()) {
            std::fprintf(stderr, "cannot write %s\n", o.json.c_str());
            return 1;
        }
    }
    return report.failed() || (o.strict && !report.AllRequiredMet()) ? 1 : 0;
}

} // namespace
} // namespace bench

int main(int argc, char **argv)
{
    bench::Options options;
    if (!bench::Parse(argc, argv, &options)) {
        return bench::Usage();
    }
    /* Locked pages are for long-lived secrets and would measure the kernel. */
    setenv("S2N_DONT_MLOCK", "1", 1);
    if (options.cpu >= 0) {
        bench::Pin(options.cpu);
    }
    return bench::Run(options);
}
