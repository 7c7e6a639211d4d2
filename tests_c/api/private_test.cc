/* SPDX-License-Identifier: Apache-2.0 */
/* The exported functions that bindings use and no installed header declares. */
#include "api_test.h"
#include "private.h"

#include <fstream>
#include <sstream>

using namespace s2n_test;

namespace
{

class PrivateTest : public ApiTest
{
};

struct Row {
    std::string name, alert; /* a number, or "-" */
    int value;
};

std::vector<Row> ContractErrors()
{
    std::vector<Row> rows;
    std::ifstream file(S2N_TEST_DATA "/policy/errors.txt");
    for (std::string line; std::getline(file, line);) {
        Row row;
        if (line.rfind("S2N_ERR", 0) == 0 && std::istringstream(line) >> row.name >> row.value >> row.alert) {
            rows.push_back(row);
        }
    }
    return rows;
}

} // namespace

TEST_F(PrivateTest, ConfigIsTheApplicationsOrNone)
{
    s2n_config *found = nullptr;
    EXPECT_ERROR("NULL", s2n_connection_get_config(client, &found));
    EXPECT_EQ(found, nullptr);
    EXPECT_OK(s2n_connection_set_config(client, config));
    EXPECT_OK(s2n_connection_get_config(client, &found));
    EXPECT_EQ(found, config);
    EXPECT_OK(s2n_connection_wipe(client));
    found = nullptr;
    EXPECT_OK(s2n_connection_get_config(client, &found));
    EXPECT_EQ(found, config);
}

TEST_F(PrivateTest, TicketSwitchIsTheConfigs)
{
    EXPECT_FALSE(s2n_connection_are_session_tickets_enabled(nullptr));
    EXPECT_FALSE(s2n_connection_are_session_tickets_enabled(server));
    EXPECT_OK(s2n_connection_set_config(server, config));
    EXPECT_FALSE(s2n_connection_are_session_tickets_enabled(server));
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 1));
    EXPECT_TRUE(s2n_connection_are_session_tickets_enabled(server));
    EXPECT_OK(s2n_config_set_session_tickets_onoff(config, 0));
    EXPECT_FALSE(s2n_connection_are_session_tickets_enabled(server));
}

TEST_F(PrivateTest, ChainWithoutKeyBelongsToTheConfigAndWaitsForACallback)
{
    const Pki &pki = PkiFor(KeyKind::P256);
    std::string pem = pki.chain_pem;
    uint8_t *bytes = reinterpret_cast<uint8_t *>(&pem[0]);
    uint32_t size = static_cast<uint32_t>(pem.size());
    EXPECT_ERROR("NULL", s2n_config_add_cert_chain(nullptr, bytes, size));
    EXPECT_ERROR("NULL", s2n_config_add_cert_chain(config, nullptr, size));
    EXPECT_ERROR("NO_CERTIFICATE_IN_PEM", s2n_config_add_cert_chain(config, bytes, 0));
    EXPECT_OK(s2n_config_add_cert_chain(config, bytes, size));
    EXPECT_ERROR("CERT_OWNERSHIP", s2n_config_add_cert_chain(config, bytes, size));
    EXPECT_ERROR("NO_PRIVATE_KEY", s2n_connection_set_config(server, config));
    s2n_cert_chain_and_key *mine = NewChain();
    EXPECT_OK(s2n_cert_chain_and_key_load_pem(mine, pki.chain_pem.c_str(), pki.leaf.key_pem.c_str()));
    EXPECT_ERROR("CERT_OWNERSHIP", s2n_config_add_cert_chain_and_key_to_store(config, mine));
}

TEST_F(PrivateTest, EveryErrorHasItsAlertOrNone)
{
    std::vector<Row> rows = ContractErrors();
    ASSERT_EQ(rows.size(), 270u);
    for (const Row &row : rows) {
        uint8_t alert = 255;
        if (row.alert == "-") {
            EXPECT_ERROR("NO_ALERT", s2n_error_get_alert(row.value, &alert));
            EXPECT_EQ(alert, 255) << row.name;
        } else {
            EXPECT_OK(s2n_error_get_alert(row.value, &alert));
            EXPECT_EQ(std::to_string(alert), row.alert) << row.name;
        }
    }
}

TEST_F(PrivateTest, NumbersThatAreNoErrorHaveNoAlert)
{
    uint8_t alert;
    EXPECT_ERROR("UNIMPLEMENTED", s2n_error_get_alert(S2N_ERR_T_PROTO << 26 | 5000, &alert));
    EXPECT_ERROR("UNIMPLEMENTED", s2n_error_get_alert(8 << 26, &alert));
    EXPECT_ERROR("UNIMPLEMENTED", s2n_error_get_alert(-1, &alert));
    EXPECT_ERROR("NO_ALERT", s2n_error_get_alert(S2N_ERR_T_USAGE << 26 | 5000, &alert));
}

TEST_F(PrivateTest, FlushWritesWhatIsSealedAndNothingElse)
{
    Pair pair(Served());
    ASSERT_TRUE(pair.Negotiate().ok());
    s2n_blocked_status blocked = S2N_BLOCKED_ON_READ;
    EXPECT_OK(s2n_flush(pair.client().conn, &blocked));
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
    mempipe_out_set_limit(pair.client().pipe, 10);
    EXPECT_ERROR("IO_BLOCKED", s2n_send(pair.client().conn, "some bytes", 10, &blocked));
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_WRITE);
    EXPECT_ERROR("IO_BLOCKED", s2n_flush(pair.client().conn, &blocked));
    EXPECT_EQ(blocked, S2N_BLOCKED_ON_WRITE);
    mempipe_out_set_limit(pair.client().pipe, SIZE_MAX);
    EXPECT_OK(s2n_flush(pair.client().conn, &blocked));
    EXPECT_EQ(blocked, S2N_NOT_BLOCKED);
    std::string got;
    pair.Move();
    EXPECT_EQ(Pair::ReadAll(pair.server(), &got), 0);
    EXPECT_EQ(got, "some bytes");
    EXPECT_EQ(s2n_send(pair.client().conn, "some bytes", 10, &blocked), 10); /* reports what was flushed */
    EXPECT_EQ(mempipe_out_len(pair.client().pipe), 0u);
}
