/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies made for a test out of table rows, so that one suite, one group or one scheme can be forced, and the lists
 * of everything this build can negotiate, so that a new row is tested the day it lands. Looks into core/: not for the
 * api tests.
 */
#ifndef SUPPORT_TEST_POLICY_H
#define SUPPORT_TEST_POLICY_H

#include "support/c_headers.h"

#include "support/pair.h"

#include <algorithm>
#include <atomic>
#include <vector>

extern "C" {
#include "conn/conn.h"
}

namespace s2n_test
{

/* Every row that some policy's view holds, in table order. */
template <typename Row, typename Get> std::vector<const Row *> FromAllPolicies(Get get)
{
    EnsureInit();
    std::vector<const Row *> rows;
    for (size_t i = 0; i < policies_count; i++) {
        const struct policy_view *v = nullptr;
        if (policy_find(policies[i].name, &v)) {
            get(*v, &rows);
        }
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

inline std::vector<const struct suite *> NegotiableSuites()
{
    return FromAllPolicies<struct suite>(
        [](const struct policy_view &v, std::vector<const struct suite *> *out) {
            out->insert(out->end(), v.suites, v.suites + v.suites_n);
        });
}

inline std::vector<const struct group *> NegotiableGroups()
{
    return FromAllPolicies<struct group>(
        [](const struct policy_view &v, std::vector<const struct group *> *out) {
            out->insert(out->end(), v.groups, v.groups + v.groups_n);
        });
}

inline std::vector<const struct sigscheme *> NegotiableSchemes()
{
    return FromAllPolicies<struct sigscheme>(
        [](const struct policy_view &v, std::vector<const struct sigscheme *> *out) {
            out->insert(out->end(), v.sigs, v.sigs + v.sigs_n);
        });
}

/* A policy of our own; it must outlive the configs that use it. Curves only: no KEM groups. */
class TestPolicy
{
  public:
    TestPolicy(std::vector<const struct suite *> suites, std::vector<const struct group *> groups,
               std::vector<const struct sigscheme *> sigs)
        : suites_(std::move(suites)), groups_(std::move(groups)), sigs_(std::move(sigs))
    {
        row_.name = "test";
        row_.min = TLS12;
        view_.policy = &row_;
        view_.suites = suites_.data();
        view_.suites_n = static_cast<uint16_t>(suites_.size());
        view_.groups = groups_.data();
        view_.groups_n = static_cast<uint16_t>(groups_.size());
        view_.sigs = sigs_.data();
        view_.sigs_n = static_cast<uint16_t>(sigs_.size());
        view_.min = TLS13;
        view_.max = TLS12;
        for (const struct suite *s : suites_) {
            view_.ecc |= s->kex == KEX_ECDHE || s->kex == KEX_TLS13;
            view_.max = std::max<uint16_t>(view_.max, s->max);
            view_.min = std::min<uint16_t>(view_.min, s->kex == KEX_TLS13 ? TLS13 : TLS12);
        }
    }
    TestPolicy(const TestPolicy &) = delete;
    TestPolicy &operator=(const TestPolicy &) = delete;

    const struct policy_view *view() const { return &view_; }
    /* For EndOptions::config_hook. */
    std::function<void(s2n_config *)> Hook() const
    {
        return [this](s2n_config *config) { config->policy = &view_; };
    }

  private:
    std::vector<const struct suite *> suites_;
    std::vector<const struct group *> groups_;
    std::vector<const struct sigscheme *> sigs_;
    struct policy row_ = {};
    struct policy_view view_ = {};
};

} // namespace s2n_test

#endif
